# SPDX-License-Identifier: GPL-2.0-only
"""Walk all paths through a function and track the pages on each.

On each path the pages of one acquisition are held or not, and the result of the
call is of one class (value_sets). A mistake on a path is a Mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

from pinlib.csource import types, value_sets
from pinlib.csource.expr import Kind, Node
from pinlib.csource.value_sets import Env, Values
from pinlib.flow.graph import Event, EventKind
from pinlib.kernel import effects
from pinlib.paths.calls import counts, declined
from pinlib.paths.dirtying import late
from pinlib.paths.loop_bounds import Loops, changes_of
from pinlib.paths.short_results import Shortfall
from pinlib.paths.switches import Switches
from pinlib.paths.watch import (At, Mistake, State, Watch, drops_all, raises,
                                results_of, way_to)
from pinlib.program import cfg, macros
from pinlib.program.cfg import StepKind
from pinlib.program.function import Statement
from pinlib.program.locations import Resolver


class Walker:
    """The walk through one function for one acquisition."""

    limit = 6000                      # with more states nothing is claimed

    def __init__(self, resolver: Resolver, watch: Watch) -> None:
        self.resolver = resolver
        self.watch = watch
        self.function = watch.function
        self.mistakes: set[Mistake] = set()
        self.ways: dict[Mistake, list[cfg.Step]] = {}  # one path to each
        self.gave_back: set[int] = set()
        self.keeps = False            # a path succeeds with pages held
        self.gave_up = False          # there are too many paths
        self.kept_at = 0              # the line of such a return, if seen
        # The possible counts of each range call and store; None is anything.
        self.counts: dict[int, Values | None] = {}
        self._first = cfg.first_step(
            self.function, resolver.program.macros.seen_by(self.function.file))
        self._hidden = cfg.hidden(self.function, self._first)
        self.loops = Loops(watch, self._first)
        self.short = Shortfall(resolver, watch, self.loops, self._unsigned)
        self.switches = Switches(resolver.program, self.function, self._first,
                                 self._unsigned)

    def run(self, held: bool = False) -> set[Mistake]:
        """Return all that goes wrong on some path, or nothing if too many.

        held: whether the pages are there from the start.
        """
        what = "full" if held else ""
        work: list[tuple[cfg.Step, State, At | None]] = [(self._first, State(
            self.short.start(), what, what, 0, False, frozenset()), None)]
        came: dict[At, At | None] = {}
        while work:
            step, state, before = work.pop()
            if (here := (step, state)) in came:
                continue
            came[here] = before
            if len(came) > self.limit:
                self.keeps = self.gave_up = True
                self.counts = {}
                return set()
            work += [(n, s, here) for n, s in self._go(step, state)]
            if len(self.mistakes) > len(self.ways):
                self.ways |= dict.fromkeys(self.mistakes - self.ways.keys(),
                                           way_to(came, here))
        return self.mistakes

    def _go(self, step: cfg.Step,
            state: State) -> list[tuple[cfg.Step, State]]:
        states = [state]
        about = self.loops.about(step)
        for statement in about.statements:
            states = [n for s in states for n in self._do(statement, s)]
        if step.unfolded is not None:
            states = [self._unfolded(step.unfolded, step.start, s)
                      for s in states]
        if about.jumps:
            line = self.function.text.line_of(step.start)
            states = [s._replace(jump=line) if s.held else s
                      for s in states]
        if step.kind in (StepKind.RETURN, StepKind.END):
            for after in states:
                self._leave(step, after)
            return []
        return [(follower, more) for follower, outcome in step.next
                for after in self.switches.into(step, follower, about.test, states)
                for more in self._branch(step, about.test, outcome, after)]

    def _branch(self, step: cfg.Step, tree: Node | None,
                outcome: bool | None, state: State) -> Iterator[State]:
        if step.body and outcome and not state.held and state.got == "neg" \
                and self.loops.releases(step) and self.short.walks_error(
                    step, tree, dict(state.env)):
            self.mistakes.add(Mistake("negative", self.function.text.line_of(
                step.start), "error"))
        if step.body and outcome is False:
            if self.loops.releases(step):
                if self.short.walks_beyond(step, tree, bool(state.held),
                                           state.got, dict(state.env)):
                    self.mistakes.add(Mistake("beyond", self.function.text.line_of(
                        step.start), "short"))
                if state.counted:
                    state = self._given_back(
                        state, step.start, self.loops.releases_all(step))
            elif self.loops.moves(step):
                if self.short.walks_all(tree, state.got, dict(state.env)):
                    self._short(self.function.text.line_of(step.start))
                state = state._replace(held="")
        if tree is None or outcome is None:
            yield state
            return
        for env in value_sets.assume(tree, outcome, dict(state.env),
                                     self._unsigned):
            yield self._with(state, value_sets.made_again(tree, env)
                             if step.body and outcome else env)

    def _unsigned(self, left: Node, right: Node) -> bool:
        """Say whether C compares these as unsigned numbers."""
        return value_sets.wraps(*(self.resolver.type_of(self.function, n) or ""
                                  for n in (left, right)))

    @staticmethod
    def _with(state: State, env: Env) -> State:
        return state._replace(env=tuple(sorted(env.items())))

    def _do(self, statement: Statement, state: State) -> list[State]:
        """Walk a statement: the acquisition, releases, moves, assignments."""
        if self.loops.changes(statement).none:
            return [self._passed(statement, state)]
        for event in self.watch.releases.get(statement.start, []):
            self._counted(event, state)
        if node := self.watch.stores.get(statement.start):
            self._note(statement.start, node, state)
        if (at := late(self.watch, statement, state.gave, state.done)) and \
                not self.function.text.apart(at, statement.line):
            self.mistakes.add(Mistake("dirtied", statement.line, "", at))
        if statement is self.watch.statement:
            return self._acquire(statement, state)
        tree = statement.tree
        if tree is None:
            return [state]
        if not state.counted and raises(tree, self.watch.counters):
            state = state._replace(counted=True)
        if not state.got:
            return [self._renewed(self._assign(statement, tree, state))]
        after = self._release(statement, tree, self._watch_count(
            statement, tree, state))
        found = [self._assign(statement, tree, after)]
        if state.held and not after.held:
            found += self._declined(statement, tree, state)
        return found

    def _passed(self, statement: Statement, state: State) -> State:
        """Walk a statement that changes nothing."""
        if statement.tree is None:
            return state
        return self._watch_count(statement, statement.tree, state) \
            if state.got else self._renewed(state)

    def _renewed(self, state: State) -> State:
        env = dict(state.env)
        renewed = self.short.renewed(env)
        return state if renewed is env else self._with(state, renewed)

    def _declined(self, statement: Statement, tree: Node,
                  state: State) -> list[State]:
        """Return the states where a callee failed to take the pages over."""
        heard = declined.answer(self.watch, statement, tree, self.loops)
        if heard is None:
            return []
        target, table = heard
        if target is tree or target.kind == Kind.CALL:
            return [self._with(state, env) for env in value_sets.assume(
                target, True, dict(state.env), self._unsigned)]
        pointer = types.depth_of(self.resolver.type_of(
            self.function, target) or "") > 0
        now = self._assign(statement, tree, state)
        env = value_sets.written(dict(now.env), target,
                                 value_sets.ZERO if pointer else value_sets.NEG)
        return [self._with(now, env)._replace(doubt=not table)]

    def _short(self, line: int, sure: bool = True) -> None:
        self.mistakes.add(Mistake("short", line, "part", 0, sure))

    def _watch_count(self, statement: Statement, tree: Node,
                     state: State) -> State:
        """Note what is made of the number of pages after a short result."""
        env = dict(state.env)
        if counts.error_given(self.watch, tree, env, self._unsigned) and \
                not state.held:
            self.mistakes.add(Mistake("negative", statement.line, "error"))
        if state.got != "part":
            return state
        if state.held and self.short.given_all(statement, tree, env):
            self._short(statement.line)
        ahead = state.held and self.short.goes_ahead(tree, env)
        return state._replace(
            passed_on=state.passed_on or self.short.tells(
                statement, tree, env),
            ahead=state.ahead or (statement.line if ahead else 0))

    def _acquire(self, statement: Statement, state: State) -> list[State]:
        found = []
        if state.ahead:
            self._short(state.ahead)
        call = str(self.watch.call)
        tested = statement.fact.kind in ("if", "while", "for")
        for name in sorted({"neg", "zero", *self.watch.taken}):
            env = dict(state.env)
            if self.watch.asked:
                env[self.watch.asked] = frozenset({"asked"})
            now = self._assign(statement, statement.tree, self._with(
                state, env), dict.fromkeys(results_of(
                    self.watch.call), frozenset({name})))
            env = dict(now.env)
            if not tested:
                # From here on the text means the next iteration's call.
                env.pop(call, None)
            taken = name in self.watch.taken
            if self.watch.filled and taken:
                env[self.watch.filled] = value_sets.TRUE
            held = name if taken else "old" if state.held else ""
            # A failed call leaves the one page that was there before.
            done = frozenset() if taken else frozenset(
                d for d in state.done if d[1] == self.watch.filled)
            counted = not self.watch.counters if taken else state.counted
            found.append(State(self._with(now, env).env, held, name, 0, False,
                               done, self.short.noted, counted=counted))
        return found

    def _unfolded(self, text: str, at: int, state: State) -> State:
        """Walk one statement in the text of a macro that is used here."""
        tree = macros.effect(text)
        if tree is None or not state.got:
            return state
        if any(n.value in self.watch.helpers or effects.releases(n.value)
               for n in tree.walk() if n.kind == Kind.ID):
            state = self._given_back(state, at)
        return self._assign(None, tree, state)

    def _assign(self, statement: Statement | None, tree: Node | None,
                state: State, known: Env | None = None) -> State:
        """Return the state after a write; known: results of calls in it."""
        changes = self.loops.changes(statement) if statement else \
            changes_of(tree)
        steps, writes = changes.steps, changes.writes
        if not (steps or writes or known or statement and
                statement.fact.kind in ("declare", "iterate")):
            return state
        env = dict(state.env)
        for n in steps:
            env = value_sets.written(env, n.kids[0], value_sets.raised(n, env))
        changed = [n.kids[0] for n in steps]
        env.update(known or {})
        for node in writes:
            left, right = node.kids
            value = value_sets.evaluate(right, env, self._unsigned) \
                if node.value == "=" else value_sets.added(
                    left, right, env, self._unsigned) \
                if node.value == "+=" else None
            env = value_sets.written(env, left, value) | (known or {})
            changed.append(left)
        if statement and statement.fact.kind == "declare" and tree:
            target = Node(Kind.ID, statement.fact.name)
            env = value_sets.written(env, target, value_sets.evaluate(
                tree, env, self._unsigned))
            changed.append(target)
        if statement and statement.fact.kind == "iterate" and tree:
            changed += [k for k in tree.kids[1:] if k.kind == Kind.ID]
        done = frozenset(d for d in state.done if not any(
            value_sets.about(c, d[1]) for c in changed))
        return self._with(state, env)._replace(done=done)

    def _release(self, statement: Statement, tree: Node,
                 state: State) -> State:
        for event in self._at(self.watch.releases, statement, state):
            state = self._twice(event, "release", state)
            if self.loops.holds(statement.start):
                continue
            # One entry can be all of a short result: nothing is claimed.
            if not state.counted and event.call is not None and str(
                    event.call.kids[-1]) in self.watch.counters:
                continue
            if (every := drops_all(self.watch, event)) or state.held == "part":
                state = self._given_back(state, statement.start, every)
            elif state.held:
                self.gave_back.add(statement.start)
        helped = self.loops.helped(self.resolver, statement, tree, lambda c: (
            counts.drops_none(self.watch, c, dict(state.env), self._unsigned)))
        if helped and state.held:
            self.gave_back.add(statement.start)
        for event in self._at(self.watch.moves, statement, state):
            if event.kind == EventKind.PLAIN_OWNER:
                state = self._twice(event, event.kind, state)
            state = state._replace(held="", gave=self._gave(
                state, statement.start) if helped else state.gave)
        return self._given_back(state, statement.start) if helped else state

    def _at(self, table: dict[int, list[Event]], statement: Statement,
            state: State) -> list[Event]:
        """Return the events of a statement that happen in a state."""
        return [e for e in table.get(statement.start, ()) if counts.happens(
            self.watch, e, dict(state.env), self._unsigned)]

    def _gave(self, state: State, offset: int) -> int:
        """Return the line that released all, where that matters."""
        asked = self.watch.dirties or self.watch.markers
        return self.function.text.line_of(offset) if state.held and asked \
            else state.gave

    def _given_back(self, state: State, offset: int,
                    surely: bool = True) -> State:
        if state.held:
            self.gave_back.add(offset)
        return state._replace(held="", gave=self._gave(
            state, offset) if surely else state.gave)

    def _counted(self, event: Event, state: State) -> None:
        """Check the count of a range call against what was acquired."""
        call = event.call
        if event.kind != EventKind.ARRAY_RELEASE or call is None or \
                len(call.kids) < 3:
            return
        value = self._note(event.statement.start, call.kids[2], state)
        if not state.got:
            return
        if value == value_sets.NEG and event.detail not in counts.SIGNED:
            self.mistakes.add(Mistake("negative", event.statement.line, "error"))
        elif value == frozenset({"asked"}) and state.got not in ("full", "one"):
            self.mistakes.add(Mistake("beyond", event.statement.line, "short"))

    def _note(self, offset: int, node: Node, state: State) -> Values | None:
        """Note what a count may be that is stored or passed on here."""
        value = value_sets.evaluate(node, dict(state.env), self._unsigned)
        known = self.counts.get(offset, frozenset())
        self.counts[offset] = None if value is None or known is None \
            else known | value
        return value

    def _twice(self, event: Event, kind: str, state: State) -> State:
        text = str(event.node)
        if event.kind == EventKind.ARRAY_RELEASE and event.call:
            text = ", ".join(str(k) for k in event.call.kids[1:3])
        for was, same, line in () if text in self.watch.shared else state.done:
            if same == text and kind == "release" and \
                    line != event.statement.line and \
                    not self.function.text.apart(line, event.statement.line):
                self.mistakes.add(Mistake(
                    "twice" if was == "release" else "moved",
                    event.statement.line, "", line))
        return state._replace(done=state.done | {
            (kind, text, event.statement.line)})

    def _leave(self, step: cfg.Step, state: State) -> None:
        if not state.held:
            return
        line = state.jump or self.function.text.line_of(step.start)
        value = self._returned(step, state)
        certain = value is not None and value <= {"neg"}
        pointer = types.depth_of(self.function.type) > 0
        failed = certain or (value == value_sets.ZERO if pointer else
                             value == frozenset({"neg", "pos"}))
        hidden = line in self._hidden
        if failed or hidden and value is None:
            self.mistakes.add(Mistake(
                "leak", line, state.held, 0, certain and not state.doubt,
                hidden))
        if not failed:
            self.keeps = True
            self.kept_at = self.kept_at or line
            if state.held == state.got == "part":
                at, sure = self.short.left(state.passed_on, state.ahead,
                                           dict(state.env), value)
                if at:
                    self._short(at, sure)

    def _returned(self, step: cfg.Step, state: State) -> Values | None:
        if step.kind == StepKind.END:
            return None
        given = [s.tree for s in self.loops.about(step).statements
                 if s.fact.kind == "return"]
        tree = given[0] if given else macros.effect(step.words(
            self.function.text.code).strip().removeprefix("return"))
        if tree is None:
            return None
        value = value_sets.evaluate(tree, dict(state.env), self._unsigned)
        # What may be good or an error says neither.
        mixed = tree.kind == Kind.COND and value and not value <= value_sets.NEG
        return None if mixed or str(tree) in effects.GOES_ON else value
