// SPDX-License-Identifier: GPL-2.0-only
/* What cannot be is refused, with a reason, and leaves nothing behind. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "lib/trace.h"
#include "cases.h"
#include "lib/tenant.h"

struct refusal {
	struct iommu_hwpt_vtd_s1 data;
	int error;
	const char *reason;
};

static const struct profile everything = { VTD_SIM_FULL, "", 0 };
static const struct profile plain = { VTD_SIM_FULL, "-srs,-eafs,-fs5lp", 0 };

#define GOOD	.pgtbl_addr = GUEST_RAM, .addr_width = 48

static const struct refusal anywhere[] = {
	{ { GOOD, .flags = 8 }, EOPNOTSUPP, "flags 0x8 err -95: an unknown flag" },
	{ { GOOD, .flags = 1ULL << 63 }, EOPNOTSUPP, "an unknown flag" },
	{ { GOOD, .__reserved = 1 }, EOPNOTSUPP, "__reserved 0x1 err -95: must be zero" },
	{ { .pgtbl_addr = GUEST_RAM }, EINVAL,
	  "addr_width 0x0 err -22: neither that of four levels nor that of five" },
	{ { .pgtbl_addr = GUEST_RAM, .addr_width = 39 }, EINVAL, "addr_width 0x27" },
	{ { .pgtbl_addr = GUEST_RAM + 0x10, .addr_width = 48 }, EINVAL,
	  "pgtbl_addr 0x10000010 err -22: not the address of a table" },
	{ { .pgtbl_addr = 1ULL << 48, .addr_width = 48 }, EINVAL,
	  "wider than the addresses of the parent" },
};

static const struct refusal by_unit[] = {
	{ { GOOD, .flags = IOMMU_VTD_S1_SRE }, EOPNOTSUPP,
	  "flags 0x1 err -95: the unit refuses supervisor requests" },
	{ { GOOD, .flags = IOMMU_VTD_S1_EAFE }, EOPNOTSUPP,
	  "flags 0x2 err -95: the unit has no extended-accessed flag" },
	{ { .pgtbl_addr = GUEST_RAM, .addr_width = 57 }, EINVAL,
	  "addr_width 0x39 err -22: the unit has no first stage of five levels" },
};

static void check_rows(const struct tenant *g, struct trace *trace,
		       const struct refusal *rows, size_t nrows)
{
	struct footprint before = footprint_take(g->fd);
	__u32 id;
	size_t i;

	for (i = 0; i < nrows; i++) {
		trace_clear(trace);
		CHECK_ERR(__tenant_hwpt(g, &rows[i].data, &id), rows[i].error);
		CHECK_EQ(trace_lines(trace, rows[i].reason), 1);
		footprint_check(&before);
	}
}

/* Other data than ours, or of another length. */
static void check_data(const struct tenant *g)
{
	char data[64] = {};
	struct iommu_hwpt_alloc cmd = {
		.dev_id = g->fn.id, .pt_id = g->parent, .data_len = 24,
		.data_uptr = (uintptr_t)data,
	};
	__u32 type;

	for (type = 2; type < 16; type++) {
		cmd.data_type = type;
		CHECK_ERR(__hwpt_alloc(g->fd, &cmd), EOPNOTSUPP);
	}
	cmd.data_type = IOMMU_HWPT_DATA_VTD_S1;
	cmd.data_len = 23;
	CHECK_ERR(__hwpt_alloc(g->fd, &cmd), EINVAL);
	cmd.data_len = 25;
	CHECK_ERR(__hwpt_alloc(g->fd, &cmd), EINVAL);
	cmd.data_len = 24;
	cmd.data_uptr = (uintptr_t)mem_nowhere();
	CHECK_ERR(__hwpt_alloc(g->fd, &cmd), EFAULT);
}

void nested_refusals(void)
{
	struct iommu_hwpt_vtd_s1 data = { GOOD };
	struct trace trace = trace_open();
	struct tenant g;
	__u32 id;

	if (trace_enable_other(&trace, "intel_iommu/nested_refused"))
		harness_skip("the kernel has no such tracepoint");
	tenant_make(&g, &everything);
	check_rows(&g, &trace, anywhere, ARRAY_LEN(anywhere));
	check_data(&g);
	data.flags = IOMMU_VTD_S1_SRE | IOMMU_VTD_S1_EAFE | IOMMU_VTD_S1_WPE;
	data.addr_width = 57;
	CHECK_OK(__tenant_hwpt(&g, &data, &id));
	/* A nested table is no parent. */
	g.parent = id;
	CHECK_ERR(__tenant_hwpt(&g, &data, &id), EINVAL);
	tenant_end(&g);

	tenant_make(&g, &plain);
	check_rows(&g, &trace, anywhere, ARRAY_LEN(anywhere));
	check_rows(&g, &trace, by_unit, ARRAY_LEN(by_unit));
	tenant_end(&g);
}

/* Bits of CAP and ECAP */
#define CAP_FS5LP	(1ULL << 60)
#define ECAP_NEST	(1ULL << 26)
#define ECAP_SRS	(1ULL << 31)
#define ECAP_EAFS	(1ULL << 34)

struct info {
	struct profile profile;
	int error;
	__u64 ecap;
	__u64 cap;
};

static const struct info infos[] = {
	{ { VTD_SIM_FULL, "", 0 }, 0, ECAP_NEST | ECAP_SRS | ECAP_EAFS, CAP_FS5LP },
	{ { VTD_SIM_FULL, "-srs", 0 }, 0, ECAP_NEST | ECAP_EAFS, CAP_FS5LP },
	{ { VTD_SIM_FULL, "-eafs,-fs5lp", 0 }, 0, ECAP_NEST | ECAP_SRS, 0 },
	{ { VTD_SIM_FULL, "-nest", 0 }, EOPNOTSUPP, ECAP_SRS | ECAP_EAFS, CAP_FS5LP },
	{ { VTD_SIM_FULL_INCOHERENT, "", 0 }, 0, ECAP_NEST | ECAP_SRS, CAP_FS5LP },
	{ { VTD_SIM_SECOND, "", 0 }, EOPNOTSUPP, 0, 0 },
	{ { VTD_SIM_FIRST, "", 0 }, EOPNOTSUPP, 0, 0 },
	{ { VTD_SIM_LEGACY, "", 0 }, EOPNOTSUPP, 0, 0 },
};

/* What is said of the unit is what it does: nothing more, nothing less. */
static void check_info(const struct info *want)
{
	struct iommu_hwpt_alloc parent = { .flags = IOMMU_HWPT_ALLOC_NEST_PARENT };
	struct sim sim = sim_unit(want->profile.profile, want->profile.caps);
	struct sim_function fn = sim_function(&sim, VTD_SIM_ENGINE, 0);
	struct iommu_hw_info_vtd vtd = {};
	struct iommu_hw_info info = {
		.data_len = sizeof(vtd), .data_uptr = (uintptr_t)&vtd,
	};
	int fd = iommu_open();

	sim_function_open(&fn, fd);
	info.dev_id = fn.id;
	CHECK_OK(__hw_info(fd, &info));
	CHECK_EQ(info.out_data_type, IOMMU_HW_INFO_TYPE_INTEL_VTD);
	CHECK_EQ(vtd.flags, IOMMU_HW_INFO_VTD_ERRATA_772415_SPR17);
	CHECK_EQ(vtd.ecap_reg & (ECAP_NEST | ECAP_SRS | ECAP_EAFS), want->ecap);
	CHECK_EQ(vtd.cap_reg & CAP_FS5LP, want->cap);
	parent.dev_id = fn.id;
	parent.pt_id = ioas_alloc(fd);
	CHECK_EQ(__hwpt_alloc(fd, &parent), -want->error);
	sim_function_close(&fn);
	close(fd);
	sim_function_remove(&fn);
	sim_end(&sim);
}

void nested_hw_info(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(infos); i++)
		check_info(&infos[i]);
}

/* A parent has no read-only page: whichever comes first, the other is refused. */
void nested_read_only(void)
{
	struct iommu_hwpt_alloc parent = { .flags = IOMMU_HWPT_ALLOC_NEST_PARENT };
	struct iommu_ioas_map map;
	struct tenant g;

	tenant_make(&g, &everything);
	map = map_at(g.ioas, g.ram, PAGE, GUEST_RAM - PAGE);
	map.flags &= ~IOMMU_IOAS_MAP_WRITEABLE;
	CHECK_ERR(__ioas_map(g.fd, &map), EINVAL);
	ioas_map_at(g.fd, g.ioas, g.ram, PAGE, GUEST_RAM - PAGE);

	map.ioas_id = ioas_alloc(g.fd);
	CHECK_OK(__ioas_map(g.fd, &map));
	parent.dev_id = g.fn.id;
	parent.pt_id = map.ioas_id;
	CHECK_ERR(__hwpt_alloc(g.fd, &parent), EINVAL);
	ioas_unmap(g.fd, map.ioas_id, map.iova, PAGE);
	CHECK_OK(__hwpt_alloc(g.fd, &parent));
	tenant_end(&g);
}

/* Everything goes in an order in which it can, and not in another one. */
void nested_order(void)
{
	__u32 hwpt, other;
	struct tenant g;

	tenant_make(&g, &everything);
	hwpt = tenant_hwpt(&g, tenant_reversed(&g, 1));
	other = tenant_hwpt(&g, tenant_reversed(&g, 1));
	CHECK_ERR(__destroy(g.fd, g.parent), EBUSY);
	vfio_attach(g.fn.device, hwpt);
	tenant_pasid(&g, 5, hwpt);
	CHECK_ERR(__destroy(g.fd, hwpt), EBUSY);
	CHECK_OK(__vfio_detach(g.fn.device));
	tenant_blocked(&g, 0, IOVA);
	CHECK_ERR(__destroy(g.fd, hwpt), EBUSY);
	tenant_reaches(&g, tenant_use(&g.fn, 5), IOVA, tenant_data(0));
	tenant_pasid(&g, 5, other);
	destroy(g.fd, hwpt);
	tenant_reaches(&g, tenant_use(&g.fn, 5), IOVA, tenant_data(0));
	CHECK_ERR(__destroy(g.fd, g.parent), EBUSY);
	CHECK_ERR(__destroy(g.fd, g.ioas), EBUSY);
	/* The device goes with its PASID attached, and leaves the table. */
	sim_function_close(&g.fn);
	destroy(g.fd, other);
	destroy(g.fd, g.parent);
	destroy(g.fd, g.ioas);
	sim_function_open(&g.fn, g.fd);
	tenant_end(&g);
}
