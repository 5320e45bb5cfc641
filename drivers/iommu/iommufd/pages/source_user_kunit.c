// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of the source "user" on memory of a real mm, from the process that
 * owns it and from another thread, and of CPU access through its frames.
 */
#include <kunit/test.h>
#include <linux/iommufd.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

#include "pages.h"

#define NPAGES 40UL

static unsigned long map_memory(struct kunit *test, unsigned long prot)
{
	unsigned long addr = kunit_vm_mmap(test, NULL, 0, NPAGES * PAGE_SIZE,
					   prot, MAP_ANONYMOUS | MAP_PRIVATE,
					   0);

	KUNIT_ASSERT_NE_MSG(test, addr, 0, "no memory could be mapped");
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(addr));
	return addr;
}

static struct iommufd_pages *make_pages(struct kunit *test, unsigned long addr,
					bool writable)
{
	struct iommufd_pages *pages;

	pages = pages_alloc_user((void __user *)addr, NPAGES * PAGE_SIZE,
				 writable, IOMMUFD_CHARGE_NONE);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pages));
	return pages;
}

/* Whether the page behind @addr is pinned, as the mm sees it. */
static bool addr_is_pinned(struct kunit *test, unsigned long addr)
{
	struct page *page;
	bool pinned;

	KUNIT_ASSERT_EQ(test, 1, get_user_pages_fast(addr, 1, 0, &page));
	pinned = folio_maybe_dma_pinned(page_folio(page));
	put_page(page);
	return pinned;
}

static void user_pin_unpin(struct kunit *test)
{
	unsigned long addr = map_memory(test, PROT_READ | PROT_WRITE);
	struct iommufd_pages *pages = make_pages(test, addr, true);
	struct pages_user user = {};
	long before = atomic64_read(&current->mm->pinned_vm);
	struct iommufd_why why = {};

	KUNIT_ASSERT_EQ(test, pages_add_user(pages, &user, 3, 30, &why), 0);
	KUNIT_EXPECT_FALSE(test, addr_is_pinned(test, addr + 2 * PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, addr_is_pinned(test, addr + 3 * PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, addr_is_pinned(test, addr + 30 * PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, addr_is_pinned(test, addr + 31 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, atomic64_read(&current->mm->pinned_vm),
			before + 28);
	pages_remove_user(pages, &user);
	KUNIT_EXPECT_FALSE(test, addr_is_pinned(test, addr + 3 * PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, addr_is_pinned(test, addr + 30 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, atomic64_read(&current->mm->pinned_vm), before);
	pages_put(pages);
}

static void user_charge_mm(struct kunit *test)
{
	unsigned long addr = map_memory(test, PROT_READ | PROT_WRITE);
	struct iommufd_pages *pages = make_pages(test, addr, true);
	struct pages_user user = {};
	struct rlimit *limit = &current->signal->rlim[RLIMIT_MEMLOCK];
	unsigned long before = current->mm->locked_vm;
	struct iommufd_why why = {};
	struct rlimit old = *limit;

	KUNIT_ASSERT_PTR_EQ(test, pages->payer.task, current);
	pages->payer.mode = IOMMUFD_CHARGE_MM;
	limit->rlim_cur = (before + 10) * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, pages_add_user(pages, &user, 0, 10, &why),
			-ENOMEM);
	KUNIT_EXPECT_STREQ(test, why.reason, "RLIMIT_MEMLOCK exceeded");
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, before);
	KUNIT_EXPECT_EQ(test, pages_add_user(pages, &user, 0, 9, &why), 0);
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, before + 10);
	pages_remove_user(pages, &user);
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, before);
	*limit = old;
	pages_put(pages);
}

/* Pinning fails with EFAULT, says where and why, and leaves nothing behind. */
static void expect_fault(struct kunit *test, struct iommufd_pages *pages,
			 const char *reason, unsigned long addr)
{
	struct pages_user user = {};
	struct iommufd_why why = {};

	KUNIT_EXPECT_EQ(test, -EFAULT,
			pages_add_user(pages, &user, 0, pages_npages(pages) - 1,
				       &why));
	KUNIT_ASSERT_NOT_NULL(test, why.reason);
	KUNIT_EXPECT_STREQ(test, why.field, "user_va");
	KUNIT_EXPECT_STREQ(test, why.reason, reason);
	KUNIT_EXPECT_EQ(test, why.value, addr);
	KUNIT_EXPECT_EQ(test, pages->npinned, 0);
	pages_put(pages);
}

static void user_faults(struct kunit *test)
{
	unsigned long addr = map_memory(test, PROT_READ | PROT_WRITE);
	unsigned long hole = addr + 25 * PAGE_SIZE;
	struct iommufd_pages *pages;

	KUNIT_ASSERT_EQ(test, vm_munmap(hole, PAGE_SIZE), 0);
	expect_fault(test, make_pages(test, addr, true),
		     "no memory is mapped there", hole);
	KUNIT_EXPECT_FALSE(test, addr_is_pinned(test, hole - PAGE_SIZE));

	addr = map_memory(test, PROT_READ);
	expect_fault(test, make_pages(test, addr, true),
		     "write protected, and the map asks for writing", addr);

	addr = map_memory(test, PROT_NONE);
	expect_fault(test, make_pages(test, addr, false), "not readable", addr);

	/* A range no process can have; nothing is sized after it. */
	pages = pages_alloc_user((void __user *)PAGE_SIZE,
				 ULONG_MAX - 2 * PAGE_SIZE + 1, true,
				 IOMMUFD_CHARGE_NONE);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pages));
	expect_fault(test, pages, "beyond the addresses of a process",
		     0UL - 2 * PAGE_SIZE);
}

/* What another thread does to the object; it has no mm of its own. */
struct remote {
	struct iommufd_pages *pages;
	struct pages_user user;
	unsigned int flags;
	u64 word;
	int pin_rc;
	int rw_rc;
};

static int remote_fn(void *data)
{
	struct remote *remote = data;

	remote->pin_rc = pages_add_user(remote->pages, &remote->user, 0,
					NPAGES / 2, NULL);
	remote->rw_rc = pages_rw(remote->pages, 7 * PAGE_SIZE - 4,
				 &remote->word, sizeof(remote->word),
				 remote->flags, NULL);
	return 0;
}

/* Makes memory, pins some of it, and is gone. */
static int owner_fn(void *data)
{
	struct remote *remote = data;
	unsigned long addr;

	remote->pin_rc = kunit_attach_mm();
	if (remote->pin_rc)
		return 0;
	addr = vm_mmap(NULL, 0, NPAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_ANONYMOUS | MAP_PRIVATE, 0);
	remote->pages = pages_alloc_user((void __user *)addr,
					 NPAGES * PAGE_SIZE, true,
					 IOMMUFD_CHARGE_NONE);
	if (IS_ERR(remote->pages)) {
		remote->pin_rc = PTR_ERR(remote->pages);
		return 0;
	}
	remote->pages->payer.mode = IOMMUFD_CHARGE_MM;
	remote->pin_rc = pages_add_user(remote->pages, &remote->user, 0, 3,
					NULL);
	remote->rw_rc = pages_rw(remote->pages, PAGE_SIZE, &remote->word,
				 sizeof(remote->word), IOMMUFD_ACCESS_RW_WRITE,
				 NULL);
	return 0;
}

static void run_thread(struct kunit *test, int (*fn)(void *data), void *data)
{
	struct task_struct *task = kthread_create(fn, data, "pages_remote");

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	/* The thread function ends by itself; only its result is waited for. */
	while (!READ_ONCE(task->exit_state))
		schedule_timeout_uninterruptible(1);
	put_task_struct(task);
}

static void user_remote(struct kunit *test)
{
	unsigned long addr = map_memory(test, PROT_READ | PROT_WRITE);
	struct remote remote = {
		.pages = make_pages(test, addr, true),
		.flags = IOMMUFD_ACCESS_RW_WRITE,
		.word = 0x1122334455667788,
	};
	u64 __user *uptr = (void __user *)(addr + 7 * PAGE_SIZE - 4);
	u64 word = 0;

	run_thread(test, remote_fn, &remote);
	KUNIT_ASSERT_EQ(test, remote.pin_rc, 0);
	KUNIT_EXPECT_EQ(test, remote.rw_rc, 0);
	KUNIT_EXPECT_TRUE(test, addr_is_pinned(test, addr));
	KUNIT_EXPECT_EQ(test, 0, copy_from_user(&word, uptr, sizeof(word)));
	KUNIT_EXPECT_EQ(test, word, 0x1122334455667788);
	pages_remove_user(remote.pages, &remote.user);

	/* Again through kthread_use_mm(), reading. */
	remote.flags = IOMMUFD_ACCESS_RW_KTHREAD;
	remote.word = 0;
	run_thread(test, remote_fn, &remote);
	KUNIT_ASSERT_EQ(test, remote.pin_rc, 0);
	KUNIT_EXPECT_EQ(test, remote.rw_rc, 0);
	KUNIT_EXPECT_EQ(test, remote.word, 0x1122334455667788);
	pages_remove_user(remote.pages, &remote.user);
	pages_put(remote.pages);
}

static void user_owner_gone(struct kunit *test)
{
	struct remote remote = {
		.word = 0x1122334455667788,
	};
	struct pages_user user = {};
	struct iommufd_why why = {};
	u64 word = 0;

	run_thread(test, owner_fn, &remote);
	KUNIT_ASSERT_EQ(test, remote.pin_rc, 0);
	KUNIT_ASSERT_EQ(test, remote.rw_rc, 0);

	/* What is pinned stays usable, nothing can be pinned any more. */
	KUNIT_ASSERT_EQ(test, pages_add_user(remote.pages, &user, 1, 2, &why),
			0);
	KUNIT_EXPECT_EQ(test, 0, pages_rw(remote.pages, PAGE_SIZE, &word,
					  sizeof(word),
					  IOMMUFD_ACCESS_RW_KTHREAD, NULL));
	KUNIT_EXPECT_EQ(test, word, 0x1122334455667788);
	pages_remove_user(remote.pages, &user);
	KUNIT_EXPECT_EQ(test, -EFAULT,
			pages_add_user(remote.pages, &user, 2, 4, &why));
	KUNIT_EXPECT_STREQ(test, why.reason,
			   "process that owned the memory is gone");
	KUNIT_EXPECT_EQ(test, remote.pages->npinned, 4);
	KUNIT_EXPECT_EQ(test, remote.pages->payer.mm->locked_vm, 4);
	pages_remove_user(remote.pages, &remote.user);
	KUNIT_EXPECT_EQ(test, remote.pages->payer.mm->locked_vm, 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&remote.pages->payer.mm->pinned_vm), 0);
	pages_put(remote.pages);
}

/* One pages_rw(), of this process or of a thread that is none. */
struct rw_call {
	struct iommufd_pages *pages;
	unsigned long start;
	void *data;
	size_t length;
	unsigned int flags;
	struct iommufd_why why;
	int rc;
};

static int rw_call_fn(void *data)
{
	struct rw_call *call = data;

	call->rc = pages_rw(call->pages, call->start, call->data, call->length,
			    call->flags, &call->why);
	return 0;
}

static int rw_call(struct kunit *test, struct rw_call *call, bool elsewhere)
{
	call->why = (struct iommufd_why){};
	if (elsewhere)
		run_thread(test, rw_call_fn, call);
	else
		rw_call_fn(call);
	return call->rc;
}

static void user_rw(struct kunit *test)
{
	unsigned long addr = map_memory(test, PROT_READ | PROT_WRITE);
	struct iommufd_pages *pages = make_pages(test, addr, true);
	struct pages_user user = {};
	size_t n = 30 * PAGE_SIZE + 11, start = 2 * PAGE_SIZE - 5, i;
	struct rw_call read = { .pages = pages, .start = start, .length = n };
	struct rw_call write = read;
	u8 *in = kunit_kmalloc(test, n, GFP_KERNEL);
	u8 *out = kunit_kmalloc(test, n, GFP_KERNEL);
	unsigned int flags;

	write.flags = IOMMUFD_ACCESS_RW_WRITE;
	KUNIT_ASSERT_NOT_NULL(test, in);
	KUNIT_ASSERT_NOT_NULL(test, out);
	/* Some pages are pinned, some are not, some runs cross the border. */
	KUNIT_ASSERT_EQ(test, pages_add_user(pages, &user, 10, 12, NULL), 0);
	for (flags = 0; flags < 4; flags++) {
		for (i = 0; i < n; i++)
			in[i] = i * 7 + flags;
		memset(out, 0, n);
		write.data = in;
		KUNIT_ASSERT_EQ(test, 0, rw_call(test, &write, flags & 1));
		read.data = out;
		KUNIT_ASSERT_EQ(test, 0, rw_call(test, &read, flags & 2));
		KUNIT_EXPECT_MEMEQ(test, in, out, n);
	}
	KUNIT_EXPECT_FALSE(test, addr_is_pinned(test, addr + 9 * PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, addr_is_pinned(test, addr + 10 * PAGE_SIZE));
	pages_remove_user(pages, &user);
	pages_put(pages);
}

static void user_rw_refused(struct kunit *test)
{
	unsigned long addr = map_memory(test, PROT_READ | PROT_WRITE);
	struct iommufd_pages *pages = make_pages(test, addr, false);
	struct iommufd_why why = {};
	u64 word[2] = {};
	struct rw_call across = {
		.pages = pages,
		.start = PAGE_SIZE - 8,
		.data = word,
		.length = sizeof(word),
	};

	KUNIT_EXPECT_EQ(test, -EPERM,
			pages_rw(pages, 0, word, sizeof(word),
				 IOMMUFD_ACCESS_RW_WRITE, &why));
	KUNIT_EXPECT_STREQ(test, why.reason, "mapped read-only");
	KUNIT_ASSERT_EQ(test, vm_munmap(addr + PAGE_SIZE, PAGE_SIZE), 0);
	why = (struct iommufd_why){};
	KUNIT_EXPECT_EQ(test, -EFAULT,
			pages_rw(pages, PAGE_SIZE - 8, word, sizeof(word), 0,
				 &why));
	KUNIT_EXPECT_EQ(test, why.value, addr + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, -EFAULT, rw_call(test, &across, true));
	KUNIT_EXPECT_EQ(test, across.why.value, addr + PAGE_SIZE);
	pages_put(pages);
}

static struct kunit_case source_user_cases[] = {
	KUNIT_CASE(user_pin_unpin),
	KUNIT_CASE(user_charge_mm),
	KUNIT_CASE(user_faults),
	KUNIT_CASE(user_remote),
	KUNIT_CASE(user_owner_gone),
	KUNIT_CASE(user_rw),
	KUNIT_CASE(user_rw_refused),
	{}
};

static struct kunit_suite source_user_suite = {
	.name = "iommufd_pages_source_user",
	.test_cases = source_user_cases,
};

kunit_test_suite(source_user_suite);
