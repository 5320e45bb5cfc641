// SPDX-License-Identifier: GPL-2.0-only
/* One table in place of another, PASIDs beside each other, two functions. */
#include <string.h>

#include <iommufd.h>

#include "cases.h"
#include "lib/tenant.h"

#define NPASIDS 12

/* A table that maps one page at IOVA. */
static __u32 one_page(struct tenant *g, size_t page)
{
	__u64 root = tenant_table(g);

	tenant_map(g, root, IOVA, tenant_data(page));
	return tenant_hwpt(g, root);
}

/* Every kind of what a guest's vIOMMU does to a device. */
void nested_replace(const void *arg)
{
	const struct way *way = arg;
	__u32 a, b, other;
	struct tenant g;

	tenant_make(&g, way->profile);
	a = one_page(&g, 1);
	b = one_page(&g, 2);
	vfio_attach(g.fn.device, a);
	tenant_reaches(&g, way->flags, IOVA, tenant_data(1));
	/* Another table. */
	vfio_attach(g.fn.device, b);
	tenant_reaches(&g, way->flags, IOVA, tenant_data(2));
	vfio_attach(g.fn.device, a);
	tenant_reaches(&g, way->flags, IOVA, tenant_data(1));
	/* Pass-through of the guest: its memory as it is. */
	vfio_attach(g.fn.device, g.parent);
	tenant_blocked(&g, way->flags, IOVA);
	tenant_reaches(&g, way->flags, tenant_data(3), tenant_data(3));
	vfio_attach(g.fn.device, b);
	tenant_blocked(&g, way->flags, tenant_data(3));
	tenant_reaches(&g, way->flags, IOVA, tenant_data(2));
	/* Blocked. */
	CHECK_OK(__vfio_detach(g.fn.device));
	tenant_blocked(&g, way->flags, IOVA);
	vfio_attach(g.fn.device, b);
	tenant_reaches(&g, way->flags, IOVA, tenant_data(2));
	/* What is no nesting at all: a table of the kernel's for other memory. */
	other = ioas_alloc(g.fd);
	ioas_map_at(g.fd, other, g.ram + 9 * PAGE, PAGE, IOVA & 0xffffffff);
	vfio_attach(g.fn.device, other);
	tenant_blocked(&g, way->flags, IOVA);
	tenant_reaches(&g, way->flags, IOVA & 0xffffffff, tenant_data(9));
	vfio_attach(g.fn.device, a);
	tenant_blocked(&g, way->flags, IOVA & 0xffffffff);
	tenant_reaches(&g, way->flags, IOVA, tenant_data(1));
	tenant_check(&g);
	tenant_end(&g);
}

static void pasids_reach(const struct tenant *g, __u32 flags, __u32 first, __u32 npasids,
			 size_t shift)
{
	__u32 i;

	for (i = 0; i < npasids; i++)
		tenant_reaches(g, flags | tenant_use(&g->fn, first + i), IOVA,
			       tenant_data(i + shift));
}

/* The same address in each of them is another page; what one does, no other sees. */
void nested_pasids(const void *arg)
{
	__u32 hwpt[2 * NPASIDS], i, first = 60;
	const struct way *way = arg;
	struct tenant g;

	tenant_make(&g, way->profile);
	for (i = 0; i < 2 * NPASIDS; i++)
		hwpt[i] = one_page(&g, i);
	/* Without a table for requests without PASID. */
	for (i = 0; i < NPASIDS; i++)
		tenant_pasid(&g, first + i, hwpt[i]);
	pasids_reach(&g, way->flags, first, NPASIDS, 0);
	tenant_blocked(&g, way->flags, IOVA);
	vfio_attach(g.fn.device, hwpt[NPASIDS]);
	tenant_reaches(&g, way->flags, IOVA, tenant_data(NPASIDS));
	pasids_reach(&g, way->flags, first, NPASIDS, 0);
	/* Each gets another one, while those behind it have the old ones. */
	for (i = 0; i < NPASIDS; i++) {
		tenant_pasid(&g, first + i, hwpt[NPASIDS + i]);
		tenant_reaches(&g, way->flags | tenant_use(&g.fn, first + i), IOVA,
			       tenant_data(NPASIDS + i));
		if (i + 1 < NPASIDS)
			pasids_reach(&g, way->flags, first + i + 1, 1, i + 1);
	}
	pasids_reach(&g, way->flags, first, NPASIDS, NPASIDS);
	/* The parent itself, then nothing. */
	tenant_pasid(&g, first, g.parent);
	tenant_blocked(&g, way->flags | tenant_use(&g.fn, first), IOVA);
	tenant_reaches(&g, way->flags | tenant_use(&g.fn, first), tenant_data(5), tenant_data(5));
	tenant_pasid(&g, first, hwpt[0]);
	tenant_reaches(&g, way->flags | tenant_use(&g.fn, first), IOVA, tenant_data(0));
	for (i = 0; i < NPASIDS; i++) {
		CHECK_OK(iommufd_vfio_pasid_detach(g.fn.device, first + i));
		tenant_blocked(&g, way->flags | tenant_use(&g.fn, first + i), IOVA);
		if (i + 1 < NPASIDS)
			pasids_reach(&g, way->flags, first + i + 1, 1, NPASIDS + i + 1);
	}
	tenant_reaches(&g, way->flags, IOVA, tenant_data(NPASIDS));
	/* A page of the parent goes from under all of them. */
	for (i = 0; i < 4; i++)
		tenant_pasid(&g, first + i, hwpt[i]);
	pasids_reach(&g, way->flags, first, 4, 0);
	ioas_unmap_all(g.fd, g.ioas);
	for (i = 0; i < 4; i++)
		tenant_blocked(&g, way->flags | tenant_use(&g.fn, first + i), IOVA);
	tenant_blocked(&g, way->flags, IOVA);
	tenant_end(&g);
}

/* The same PASID of two devices, with tables of its own in each; then with one. */
void nested_two_functions(const void *arg)
{
	const struct way *way = arg;
	struct tenant g, second;
	__u32 a, b;

	tenant_make(&g, way->profile);
	a = one_page(&g, 1);
	b = one_page(&g, 2);
	second = g;
	second.fn = sim_function(&g.sim, VTD_SIM_ENGINE, 0);
	sim_function_open(&second.fn, g.fd);
	vfio_attach(g.fn.device, a);
	vfio_attach(second.fn.device, b);
	tenant_pasid(&g, 7, b);
	tenant_pasid(&second, 7, a);
	tenant_reaches(&g, way->flags, IOVA, tenant_data(1));
	tenant_reaches(&second, way->flags, IOVA, tenant_data(2));
	tenant_reaches(&g, way->flags | tenant_use(&g.fn, 7), IOVA, tenant_data(2));
	tenant_reaches(&second, way->flags | tenant_use(&second.fn, 7), IOVA, tenant_data(1));
	/* One of them changes; one of them goes. */
	vfio_attach(g.fn.device, b);
	tenant_reaches(&g, way->flags, IOVA, tenant_data(2));
	tenant_reaches(&second, way->flags, IOVA, tenant_data(2));
	CHECK_OK(__vfio_detach(second.fn.device));
	tenant_blocked(&second, way->flags, IOVA);
	tenant_reaches(&g, way->flags, IOVA, tenant_data(2));
	tenant_reaches(&second, way->flags | tenant_use(&second.fn, 7), IOVA, tenant_data(1));
	sim_function_close(&second.fn);
	sim_function_remove(&second.fn);
	tenant_reaches(&g, way->flags | tenant_use(&g.fn, 7), IOVA, tenant_data(2));
	tenant_end(&g);
}
