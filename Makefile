# SPDX-License-Identifier: GPL-2.0-only
#
# The public face of gup2pin. Every target is a call of scripts/gup2pin, which
# CI jobs call themselves for its exit codes; make exits 2 on any failure.

TOP := $(dir $(lastword $(MAKEFILE_LIST)))

# One shell word whatever it holds, and an option only when it has a value. One
# that the command line leaves empty is passed on, to be refused.
quote  = '$(subst ','\'',$(1))'
option = $(if $($(2))$(filter command,$(origin $(2))),--$(1)=$(call quote,$($(2))))

ARGS = $(call option,kernel,KERNEL) $(call option,module,M) \
       $(call option,out,OUT) $(call option,jobs,J) \
       $(call option,subsystem,SUBSYSTEM) \
       $(call option,baseline,BASELINE) $(call option,apis,APIS) \
       $(call option,campaign,CAMPAIGN) $(call option,site,SITE) \
       $(call option,decisions,DECISIONS) \
       $(call option,mutants,MUTANTS) $(call option,machine,MACHINE) \
       $(call option,config,CONFIG) $(call option,arch,ARCH) \
       $(call option,cross-compile,CROSS_COMPILE) \
       $(call option,format,FORMAT) $(call option,previous,PREVIOUS) \
       $(call option,since,SINCE) $(call option,base,BASE) \
       $(call option,signoff,SIGNOFF) \
       $(if $(filter 1,$(STANDALONE)),--standalone) \
       $(if $(filter 1,$(FINDINGS)),--findings) \
       $(if $(filter 1,$(REPLACE)),--replace) $(if $(filter 1,$(V)),--verbose)

Q := $(if $(filter 1,$(V)),,@)

TARGETS := report series prove boot mutants check baseline audit diff explain \
	lint bench

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: $(TARGETS) test clean help

# kbuild gives M, V and O a meaning of its own: they end here.
unexport KERNEL M OUT J SUBSYSTEM BASELINE APIS SITE DECISIONS FORMAT PREVIOUS SINCE V O
unexport CAMPAIGN CONFIG ARCH CROSS_COMPILE MUTANTS MACHINE REPLACE BASE SIGNOFF STANDALONE FINDINGS

$(TARGETS):
	$(Q)$(call quote,$(TOP)scripts/gup2pin) $@ $(ARGS)

test:
	$(Q)$(call quote,$(TOP)tests/run)

clean:
	$(Q)rm -rf -- $(call quote,$(TOP)out)
	$(Q)find $(call quote,$(TOP)scripts) $(call quote,$(TOP)tests) \
		-name __pycache__ -prune -exec rm -rf -- {} +

help:
	@echo  'Cleaning targets:'
	@echo  '  clean           - Remove out/ and compiled Python; the cache folder stays'
	@echo  ''
	@echo  'Main targets:'
	@echo  '  report          - Every call site with its disposition and the reason'
	@echo  '  series          - The report, and patch series by subsystem'
	@echo  '  prove           - The series, applied, compiled, checked and scanned again'
	@echo  '  boot            - The series, run: KUnit, and page counts of workloads'
	@echo  ''
	@echo  'Keeping watch:'
	@echo  '  check           - Fail on an unconverted site that BASELINE does not list'
	@echo  '  baseline        - Write BASELINE from the tree as it is'
	@echo  '  audit           - Existing bugs at every call that takes or pins pages'
	@echo  '  diff            - The patches of the last series, in colour on a terminal'
	@echo  '  explain         - Everything known about the call site SITE'
	@echo  ''
	@echo  'Work on gup2pin itself:'
	@echo  '  test            - Every test; the last line counts them'
	@echo  '  lint            - mypy, flake8, shellcheck, spatch --parse-cocci, checkpatch'
	@echo  '  mutants         - Broken patches, and what notices each: boot, sparse, re-scan'
	@echo  '  bench           - Times of the stages against plain spatch'
	@echo  ''
	@echo  'Variables:'
	@echo  '  KERNEL=dir      - The kernel tree, only read [Debian'\''s linux-source-6.1]'
	@echo  '  M=dir           - A folder of C outside the kernel, with KERNEL'\''s headers'
	@echo  '  OUT=dir         - Where results go [out/<kernel version>/]'
	@echo  '  REPLACE=1       - Put the results in the place of another tree'\''s in OUT'
	@echo  '  J=n             - Parallel jobs [the number of cores]'
	@echo  '  SUBSYSTEM=glob  - Only subsystems of MAINTAINERS that match'
	@echo  '  BASELINE=file   - Recorded sites [reports/baseline/<6.1>.json]'
	@echo  '  APIS=all        - Also get_user_pages() and its other forms [mission]'
	@echo  '  CAMPAIGN=bvec   - report, series, prove, check: bio_vec pages behind accessors [pins]'
	@echo  '  SITE=id         - The id of a call site, from report.txt'
	@echo  '  DECISIONS=file  - Reviewed answers to what the code cannot tell'
	@echo  '  CONFIG=file     - A .config to prove with, in place of the built-in ones'
	@echo  '  ARCH=, CROSS_COMPILE= - As kbuild takes them, for CONFIG'
	@echo  '  SINCE=rev       - report: only what changed since a revision of the checkout'
	@echo  '  PREVIOUS=dir    - The series as last posted: series makes its next version'
	@echo  '  STANDALONE=1    - series: each brings the helpers that it calls'
	@echo  '  FINDINGS=1      - check, baseline: the findings of the audit as well'
	@echo  '  SIGNOFF=who     - series: the sender, as author and signer: "Name <mail>"'
	@echo  '  BASE=rev        - bench: against gup2pin as it was at a revision'
	@echo  '  FORMAT=gcc      - report and check print lines as compilers do [text]'
	@echo  '  MACHINE=qemu    - boot: an emulated PC, for what User Mode Linux lacks [uml]'
	@echo  '  MACHINE=nommu   - boot: KUnit alone, on an emulated board without an MMU'
	@echo  '  MUTANTS=all     - Every mutant, not a sample that fits 40 minutes'
	@echo  '  V=1             - Show commands and more of what is done'
	@echo  ''
	@echo  'Files in OUT:'
	@echo  '  report.html     - The state of the tree, for a browser; html/ has its pages'
	@echo  '  report.txt      - Every call site by subsystem, for a terminal'
	@echo  '  report.json     - The same for programs; reports/report.schema.json'
	@echo  '  report.sarif    - SARIF 2.1.0, for services that show alerts'
	@echo  '  audit.txt       - Existing bugs that audit finds'
	@echo  '  boot.txt        - What ran in the booted kernels, and what did not'
	@echo  '  boot-qemu.txt   - The same for MACHINE=qemu; boot-nommu.txt: what KUnit says'
	@echo  '  series/         - A folder per subsystem, each with series.mbox; send.sh'
	@echo  '  evidence.json   - How each patch was built and checked'
	@echo  '  plan.json       - The planned edits, and hashes of what they were read from'
	@echo  '  commits.json    - The patches that were made of them; scratch.git has them'
	@echo  '  timings.json    - Seconds by stage'
	@echo  '  crash.log       - The traceback of an internal error'
	@echo  ''
	@echo  'Exit codes of scripts/gup2pin (make turns each but 0 into 2):'
	@echo  '  0  fine'
	@echo  '  1  a new unconverted site, or a stale entry in the baseline'
	@echo  '  2  wrong usage or input, not a kernel tree, or the system refused'
	@echo  '  3  code could not be read, beyond the baseline; all else is written'
	@echo  '  4  a rule failed, or gup2pin itself failed'
	@echo  '  5  a proof failed'
	@echo  '  130, 143  interrupted, terminated; the next run carries on'
