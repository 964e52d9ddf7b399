# SPDX-License-Identifier: GPL-2.0-only
"""Pages that go with an object of the kernel's, and twins that go at once."""

from __future__ import annotations

import re
import pytest

from pinlib.analysis.whole_tree import Analysis
from pinlib.kernel import effects
from trees import kernels, lab

LONG = ("convert", "pin-longterm")
UNKNOWN = ("manual", "lifetime-unknown")

HEADER = """\
struct dev_file;
struct drm_device { struct device *dev; };
struct drm_gem_object { unsigned long size; const void *funcs; };
struct drm_gem_object_funcs { void (*free)(struct drm_gem_object *obj); };
struct drm_ioctl_desc { unsigned int cmd; int (*func)(struct drm_device *dev,
    void *data, struct dev_file *file); };
struct dma_buf { void *priv; };
struct dma_buf_ops { void (*release)(struct dma_buf *dmabuf); };
struct dma_fence { const void *ops; };
struct dma_fence_ops { void (*release)(struct dma_fence *fence); };
void drm_gem_object_put(struct drm_gem_object *obj);
int drm_gem_handle_create(struct dev_file *file, struct drm_gem_object *obj,
                          u32 *handle);
struct drm_gem_object *drm_gem_object_lookup(struct dev_file *file, u32 handle);
"""
GEM = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/objects.h>

struct kite_shown {
    struct drm_gem_object base;
};

struct kite {
    struct kite_shown shown;
    struct page **pages;
    unsigned int nr;
};

struct kite_args {
    unsigned long at;
    u32 handle;
};

static void kite_free(struct drm_gem_object *obj)
{
    struct kite *kite = container_of(obj, struct kite, shown.base);

    if (kite->pages) {
        release_pages(kite->pages, kite->nr);
        kvfree(kite->pages);
    }
    kfree(kite);
}

static const struct drm_gem_object_funcs kite_funcs = {
    .free = kite_free,
};

static int kite_take(struct drm_device *dev, struct kite *kite,
                     unsigned long at)
{
    int n = kite->shown.base.size >> PAGE_SHIFT, got;
    struct page **pages;

    pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);
    if (!pages)
        return -ENOMEM;
    got = get_user_pages_fast(at, n, FOLL_WRITE, pages);
    if (got != n) {
        if (got > 0)
            release_pages(pages, got);
        kvfree(pages);
        return -EFAULT;
    }
    kite->pages = pages;
    kite->nr = n;
    dma_map_page(dev->dev, pages[0], 0, PAGE_SIZE, DMA_TO_DEVICE);
    return 0;
}
"""
MAKE = """
static int kite_ioctl(struct drm_device *dev, void *data,
                      struct dev_file *file)
{
    struct kite_args *args = data;
    struct kite *kite = kzalloc(sizeof(*kite), GFP_KERNEL);
    int ret;

    if (!kite)
        return -ENOMEM;
    kite->shown.base.funcs = &kite_funcs;
    ret = kite_take(dev, kite, args->at);
    if (ret)
        goto out;
BODY
out:
    drm_gem_object_put(&kite->shown.base);
    return ret;
}

static const struct drm_ioctl_desc kite_ioctls[] = {
    DRM_IOCTL_DEF_DRV(KITE_TAKE, kite_ioctl, DRM_RENDER_ALLOW),
};
"""
HANDLE = "drm_gem_handle_create(file, &kite->shown.base, &args->handle);"
SHARED = GEM + MAKE.replace("BODY", f"    ret = {HANDLE}")
HELPERS = f"""
static int kite_show(struct kite *kite, struct dev_file *file,
                     struct kite_args *args)
{{
    return {HANDLE}
}}

static void kite_put(struct kite *kite)
{{
    drm_gem_object_put(&kite->shown.base);
}}
"""
BELOW = GEM + HELPERS + MAKE.replace(
    "BODY", "    ret = kite_show(kite, file, args);").replace(
    "drm_gem_object_put(&kite->shown.base)", "kite_put(kite)")
FOUND = GEM + MAKE.replace("BODY", "    ret = 0;").replace(
    "    struct kite *kite = kzalloc(sizeof(*kite), GFP_KERNEL);",
    "    struct drm_gem_object *obj = drm_gem_object_lookup(file, args->handle);\n"
    "    struct kite *kite;").replace(
    "    if (!kite)\n        return -ENOMEM;\n"
    "    kite->shown.base.funcs = &kite_funcs;\n",
    "    if (!obj)\n        return -ENOENT;\n"
    "    kite = container_of(obj, struct kite, shown.base);\n")
# No caller and no table: the object alone tells.
ALONE = re.sub(r"static const struct \w+_funcs \w+ = \{[^}]*\};\n\n", "",
               GEM).replace("static ", "")
POINTER = ALONE.replace("struct kite_shown shown;",
                        "struct kite_shown *shown;").replace(
    "kite->shown.base", "kite->shown->base").replace(
    "struct drm_gem_object *obj)", "struct kite *kite)").replace(
    "    struct kite *kite = container_of(obj, struct kite, shown.base);\n\n", "")
EARLIER = ALONE + """
void kite_idle(struct kite *kite)
{
    release_pages(kite->pages, kite->nr);
    kvfree(kite->pages);
    kite->pages = NULL;
}
"""

SHARE = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/objects.h>

struct kite {
    struct dma_fence base;
    struct page *pages[16];
    int nr;
};

static int kite_take(struct kite *kite, unsigned long at)
{
    int got = get_user_pages_fast(at, 16, FOLL_WRITE, kite->pages);

    if (got < 0)
        return got;
    kite->nr = got;
    dma_map_page(NULL, kite->pages[0], 0, PAGE_SIZE, DMA_TO_DEVICE);
    return 0;
}

static void kite_drop(struct kite *kite)
{
    int i;

    for (i = 0; i < kite->nr; i++)
        put_page(kite->pages[i]);
    kfree(kite);
}

RELEASE
static long kite_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct kite *kite = kzalloc(sizeof(*kite), GFP_KERNEL);
    struct dma_buf *dmabuf;
    int ret;

    if (!kite)
        return -ENOMEM;
    ret = kite_take(kite, arg);
    if (ret) {
        kfree(kite);
        return ret;
    }
BODY
}

static const struct file_operations kite_fops = {
    .unlocked_ioctl = kite_ioctl,
};
"""
BUF = SHARE.replace("RELEASE", """\
static void kite_release(struct dma_buf *dmabuf)
{
    kite_drop(dmabuf->priv);
}

static const struct dma_buf_ops kite_ops = {
    .release = kite_release,
};
""")
FENCE = SHARE.replace("RELEASE", """\
static void kite_release(struct dma_fence *fence)
{
    kite_drop(container_of(fence, struct kite, base));
}

static const struct dma_fence_ops kite_ops = {
    .release = kite_release,
};
""")
EXPORT = """\
    dmabuf = kite_export(kite, &kite_ops);
    if (IS_ERR(dmabuf)) {
        kite_drop(kite);
        return PTR_ERR(dmabuf);
    }
"""

CASES = {
    "shared": (SHARED, LONG),
    "below": (BELOW, LONG),
    "found": (FOUND, LONG),
    "alone": (ALONE, LONG),
    # Nobody else has the object: it goes before the call returns.
    "unshared": (GEM + MAKE.replace("BODY", "    ret = kite_run(dev);"),
                 UNKNOWN),
    "unshared_below": (BELOW.replace(
        "    ret = kite_show(kite, file, args);", "    ret = kite_run(dev);"),
        UNKNOWN),
    # Handed out only after the put, which is then of another object.
    "late": (SHARED.replace("    kite->shown.base.funcs", "    if (args->at == 1)\n"
                            f"        return {HANDLE}\n"
                            "    kite->shown.base.funcs").replace(
        f"    ret = {HANDLE}\n", "    ret = kite_run(dev);\n"), UNKNOWN),
    # It only points to the object, or the pages may go earlier.
    "pointer": (POINTER, UNKNOWN),
    "earlier": (EARLIER, UNKNOWN),
    "exported": (BUF.replace("BODY\n", EXPORT + """\
    ret = dma_buf_fd(dmabuf, O_CLOEXEC);
    if (ret < 0)
        dma_buf_put(dmabuf);
    return ret;
"""), LONG),
    "unexported": (BUF.replace("BODY\n", EXPORT + """\
    ret = kite_run(dmabuf);
    dma_buf_put(dmabuf);
    return ret;
"""), UNKNOWN),
    # A fence goes when a job is done.
    "fence": (FENCE.replace("BODY\n", """\
    kite_start(kite, &kite_ops);
    return 0;
"""), UNKNOWN),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    files = {f"drivers/{name}/main.c": lab.c(text.replace("kite", name))
             for name, (text, _) in CASES.items()}
    return lab.shared(lab.make(tmp_path_factory.mktemp("objects") / "linux", {
        "include/linux/objects.h": lab.c(HEADER), **files}))


@pytest.mark.parametrize("name", CASES)
def test_how_long(found: Analysis, name: str) -> None:
    """Long where user space has the object when the call returns."""
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == CASES[name][1], \
        decision.reason


# What 6.1 has lost: until 5.11, and 5.9.
OLDER = {"drm_driver.gem_free_object_unlocked", "drm_gem_object_put_unlocked"}


@pytest.mark.parametrize("version", kernels.READ)
def test_the_table_is_what_the_kernel_declares(version: str) -> None:
    """Each name stands in the header that its line gives, or beside it."""
    tree = kernels.tree(version)
    for known in effects.COUNTED:
        header = (tree / known.source).read_text()
        assert re.search(rf"^struct {known.tag} {{", header, re.M)
        near = header + "".join(
            path.read_text() for path in (tree / known.source).parent.glob("*.h"))
        for tag, member in known.ends:
            body = re.search(rf"^struct {tag} {{.*?^}}", near, re.M | re.S)
            assert body and (f"(*{member})" in body.group()
                             or f"{tag}.{member}" in OLDER)
        assert {name for name in known.puts | known.gives
                if not re.search(rf"\b{name}\(", near)} <= OLDER
