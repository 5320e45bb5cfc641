// SPDX-License-Identifier: GPL-2.0-only
/*
 * First and second stage alone (VT-d chapters 3, 9): pages of all sizes and
 * depths, what is ignored, permissions, memory types.
 */
#include "check.h"
#include "world.h"

static struct vtd_model_outcome ask(struct world *world,
				    struct vtd_model_request rq)
{
	return world_ask(world, &rq);
}

static void expect_page(const struct vtd_model_outcome *out, u64 addr, u64 size)
{
	EXPECT_EQ(out->verdict, VTD_MODEL_DONE);
	EXPECT_EQ(out->reason, 0);
	EXPECT_EQ(out->addr, addr);
	EXPECT_EQ(out->size, size);
}

static void test_second_sizes(struct world *world)
{
	struct vtd_model_outcome out;

	world_build(world, SECOND);
	out = ask(world, PRQ(READ, SS_IOVA + 0x18));
	expect_page(&out, AT_PAGE + 0x18, 1 << 12);
	world_put(world, SS2, 0x200000 | VTD_SS_R | VTD_SS_W | VTD_PT_PS);
	out = ask(world, PRQ(READ, SS_IOVA + 0x18));
	expect_page(&out, 0x200000 + SS_IOVA + 0x18, 1 << 21);
	world_put(world, SS3, 0x40000000 | VTD_SS_R | VTD_SS_W | VTD_PT_PS);
	out = ask(world, PRQ(READ, SS_IOVA + 0x18));
	expect_page(&out, 0x40000000 + SS_IOVA + 0x18, 1 << 30);
	check_done("second stage: 4 KiB, 2 MiB, 1 GiB");
}

static void test_second_depths(struct world *world)
{
	static const struct {
		u64 aw;
		u64 root;
		unsigned int width;
	} depths[] = {
		{ VTD_AW_39, SS(3), 39 },
		{ VTD_AW_48, SS(4), 48 },
		{ VTD_AW_57, SS(5), 57 },
	};
	struct vtd_model_outcome out;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		world_build(world, SECOND);
		world_put(world, ENTRY(PASID), depths[i].root | VTD_PE0_P |
			  FIELD_PREP(VTD_PE0_AW, depths[i].aw) |
			  FIELD_PREP(VTD_PE0_PGTT, VTD_PGTT_SECOND));
		out = ask(world, PRQ(READ, SS_IOVA));
		expect_page(&out, AT_PAGE, 1 << 12);
		EXPECT_EQ(ask(world, PRQ(READ, 1ULL << depths[i].width)).reason,
			  0x84);
		EXPECT_EQ(ask(world, PRQ(READ, (1ULL << depths[i].width) - 8))
			  .reason, 0x79);
	}
	check_done("second stage: 3, 4, 5 levels");
}

/* MGAW limits where the width does not. */
static void test_mgaw(struct world *world)
{
	struct vtd_model_config config = world_config();

	config.cap &= ~FIELD_PREP(VTD_CAP_MGAW, 8);
	world_unit(world, &config);
	world_build(world, SECOND);
	world_put(world, ENTRY(PASID), SS(5) | VTD_PE0_P |
		  FIELD_PREP(VTD_PE0_AW, VTD_AW_57) |
		  FIELD_PREP(VTD_PE0_PGTT, VTD_PGTT_SECOND));
	EXPECT_EQ(ask(world, PRQ(READ, 1ULL << 49)).reason, 0x84);
	EXPECT_EQ(ask(world, PRQ(READ, 1ULL << 48)).reason, 0x79);
	config = world_config();
	world_unit(world, &config);
	check_done("second stage: MGAW");
}

static void test_second_ignored(struct world *world)
{
	u64 leaf = BIT(2) | GENMASK(10, 3) | GENMASK_ULL(61, 52) | BIT_ULL(63);
	u64 table = (leaf & ~VTD_PT_PS) | VTD_SS_IR;
	struct vtd_model_outcome out;

	world_build(world, SECOND);
	world_or(world, SS1, leaf | VTD_SS_SNP);
	world_or(world, SS2, table);
	world_or(world, SS3, table);
	world_or(world, SS4, table);
	out = ask(world, PRQ(READ, SS_IOVA));
	expect_page(&out, AT_PAGE, 1 << 12);
	EXPECT_EQ(world->nupdates, 0);
	check_done("second stage: ignored bits");
}

static void test_ssirwe(struct world *world)
{
	struct vtd_model_config config = world_config();
	u64 rtaddr = AT_ROOT | VTD_RTADDR_SSIRWE |
		     FIELD_PREP(VTD_RTADDR_TTM, VTD_TTM_SCALABLE);

	world_build(world, SECOND);
	vtd_model_set_root(&world->model, rtaddr);
	EXPECT_EQ(ask(world, PRQ(READ, SS_IOVA)).reason, 0x79);
	world_or(world, SS4, VTD_SS_IR | VTD_SS_IW);
	world_or(world, SS3, VTD_SS_IR | VTD_SS_IW);
	world_or(world, SS2, VTD_SS_IR | VTD_SS_IW);
	world_or(world, SS1, VTD_SS_IR);
	EXPECT_EQ(ask(world, PRQ(READ, SS_IOVA)).reason, 0);
	EXPECT_EQ(ask(world, PRQ(WRITE, SS_IOVA)).reason, 0x85);
	world_clear(world, SS1, VTD_SS_IR);
	world_or(world, SS1, VTD_SS_IW);
	EXPECT_EQ(ask(world, PRQ(WRITE, SS_IOVA)).reason, 0);
	EXPECT_EQ(ask(world, PRQ(READ, SS_IOVA)).reason, 0x86);

	/* Without SSIRWS the bit of RTADDR is no bit at all. */
	config.ecap &= ~VTD_ECAP_SSIRWS;
	world_unit(world, &config);
	world_build(world, SECOND);
	vtd_model_set_root(&world->model, rtaddr);
	EXPECT_EQ(ask(world, PRQ(WRITE, SS_IOVA)).reason, 0);
	config = world_config();
	world_unit(world, &config);
	check_done("second stage: SSIRWE");
}

static void test_zero_length(struct world *world)
{
	struct vtd_model_request rq = PRQ(READ, SS_IOVA);

	rq.size = 0;
	world_build(world, SECOND);
	world_clear(world, SS1, VTD_SS_R);
	EXPECT_EQ(world_ask(world, &rq).reason, 0);
	world_put(world, SS1, AT_PAGE | VTD_SS_R);
	EXPECT_EQ(world_ask(world, &rq).reason, 0);
	world_put(world, SS1, AT_PAGE);
	EXPECT_EQ(world_ask(world, &rq).reason, 0x79);

	world_build(world, LEGACY);
	world_clear(world, SS1, VTD_SS_R);
	rq.has_pasid = false;
	EXPECT_EQ(world_ask(world, &rq).reason, 0);
	world_put(world, SS1, AT_PAGE);
	EXPECT_EQ(world_ask(world, &rq).reason, 0x06);
	check_done("second stage: zero-length reads");
}

static void test_first_sizes(struct world *world)
{
	u64 flags = VTD_FS_P | VTD_FS_RW | VTD_FS_US;
	struct vtd_model_outcome out;

	world_build(world, FIRST);
	out = ask(world, PRQ(WRITE, FS_VA + 0x18));
	expect_page(&out, AT_PAGE + 0x18, 1 << 12);
	world_put(world, FS2, 0x200000 | VTD_PT_PS | VTD_FS_PAT_LARGE | flags);
	out = ask(world, PRQ(WRITE, FS_VA + 0x18));
	expect_page(&out, 0x200000 + (FS_VA & 0x1fffff) + 0x18, 1 << 21);
	world_put(world, FS3, 0x40000000 | VTD_PT_PS | flags);
	out = ask(world, PRQ(WRITE, FS_VA + 0x18));
	expect_page(&out, 0x40000000 + (FS_VA & 0x3fffffff) + 0x18, 1 << 30);
	check_done("first stage: 4 KiB, 2 MiB, 1 GiB");
}

static void test_first_depths(struct world *world)
{
	u64 flags = VTD_FS_P | VTD_FS_RW | VTD_FS_US;
	struct vtd_model_outcome out;

	world_build(world, FIRST);
	world_put(world, ENTRY(PASID) + 16, FS(5) |
		  FIELD_PREP(VTD_PE2_FSPM, VTD_FSPM_5LEVEL));
	out = ask(world, PRQ(WRITE, FS_VA));
	expect_page(&out, AT_PAGE, 1 << 12);

	/* The upper half: canonical, by the last entries of the tables. */
	world_build(world, FIRST);
	world_put(world, FS(4) + 511 * 8, FS(3) | flags);
	world_put(world, FS(3) + 511 * 8, FS(2) | flags);
	world_put(world, FS(2) + 511 * 8, FS(1) | flags);
	world_put(world, FS(1) + 511 * 8, AT_PAGE | flags);
	out = ask(world, PRQ(WRITE, ~0ULL << 12));
	expect_page(&out, AT_PAGE, 1 << 12);
	EXPECT_EQ(ask(world, PRQ(READ, ~0ULL << 47)).reason, 0x71);
	check_done("first stage: 4, 5 levels, upper half");
}

static void test_first_ignored(struct world *world)
{
	u64 both = BIT(8) | BIT(9) | BIT(10) | BIT(11) | GENMASK_ULL(63, 52);
	struct vtd_model_outcome out;

	world_build(world, FIRST);
	world_or(world, FS1, both | VTD_FS_PWT | VTD_FS_PCD | VTD_FS_PAT_4K);
	world_or(world, FS2, both | VTD_FS_PWT | VTD_FS_PCD | VTD_FS_D);
	world_or(world, FS4, both | VTD_FS_PWT | VTD_FS_PCD | VTD_FS_D);
	out = ask(world, PRQ(READ, FS_VA));
	expect_page(&out, AT_PAGE, 1 << 12);
	check_done("first stage: ignored bits");
}

/* Who may do what: user and supervisor, U/S, R/W, WPE. */
static void test_first_permissions(struct world *world)
{
	static const struct {
		u64 clear;	/* of the page's entry */
		int supervisor;
		u64 wpe;
		u8 read;
		u8 write;
	} rows[] = {
		{ 0, 0, 0, 0, 0 },
		{ VTD_FS_RW, 0, 0, 0, 0x85 },
		{ VTD_FS_US, 0, 0, 0x81, 0x81 },
		{ 0, 1, 0, 0, 0 },
		{ VTD_FS_RW, 1, 0, 0, 0 },
		{ VTD_FS_RW, 1, VTD_PE2_WPE, 0, 0x85 },
		{ VTD_FS_US, 1, VTD_PE2_WPE, 0, 0 },
	};
	struct vtd_model_request rq;
	unsigned int i, level;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (level = 1; level <= 4; level++) {
			u64 at[] = { 0, FS1, FS2, FS3, FS4 };

			world_build(world, FIRST);
			world_or(world, ENTRY(PASID) + 16,
				 VTD_PE2_SRE | rows[i].wpe);
			world_clear(world, at[level], rows[i].clear);
			rq = PRQ(READ, FS_VA);
			rq.privileged = rows[i].supervisor;
			EXPECT_EQ(world_ask(world, &rq).reason, rows[i].read);
			rq.access = VTD_ACCESS_WRITE;
			EXPECT_EQ(world_ask(world, &rq).reason, rows[i].write);
			rq.access = VTD_ACCESS_ATOMIC;
			EXPECT_EQ(world_ask(world, &rq).reason, rows[i].write);
		}
	}
	check_done("first stage: permissions");
}

static void test_memtype(struct world *world)
{
	struct vtd_model_outcome out;
	struct vtd_model_request rq;

	/* PAT entry 3 is 7, entry 5 is 4. */
	world_build(world, FIRST);
	world_or(world, ENTRY(PASID) + 8,
		 FIELD_PREP(VTD_PE1_PAT, 0x00407000));
	world_or(world, FS1, VTD_FS_PWT | VTD_FS_PCD);
	out = ask(world, PRQ(READ, FS_VA));
	EXPECT_EQ(out.memtype, VTD_MODEL_MT_MTRR_PAT);
	EXPECT_EQ(out.pat, 7);
	world_clear(world, FS1, VTD_FS_PCD);
	world_or(world, FS1, VTD_FS_PAT_4K);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).pat, 4);
	world_or(world, ENTRY(PASID) + 8, VTD_PE1_CD | VTD_PE1_EMTE);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).memtype, VTD_MODEL_MT_UC);

	world_build(world, SECOND);
	world_or(world, SS1, FIELD_PREP(VTD_SS_EMT, 6));
	EXPECT_EQ(ask(world, PRQ(READ, SS_IOVA)).memtype, VTD_MODEL_MT_MTRR);
	world_or(world, ENTRY(PASID) + 8, VTD_PE1_EMTE);
	out = ask(world, PRQ(READ, SS_IOVA));
	EXPECT_EQ(out.memtype, VTD_MODEL_MT_EMT);
	EXPECT_EQ(out.emt, 6);

	world_build(world, NESTED);
	world_or(world, ENTRY(PASID) + 8, FIELD_PREP(VTD_PE1_PAT, 0x50));
	world_or(world, FS1, VTD_FS_PWT);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).memtype, VTD_MODEL_MT_MTRR_PAT);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).pat, 5);
	world_or(world, ENTRY(PASID) + 8, VTD_PE1_EMTE);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).memtype, VTD_MODEL_MT_EMT_PAT);
	world_or(world, SS1, VTD_SS_IPAT);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).memtype, VTD_MODEL_MT_EMT);

	world_build(world, PT);
	world_or(world, ENTRY(PASID) + 8, VTD_PE1_EMTE);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).memtype, VTD_MODEL_MT_MTRR);
	rq = RQ(READ, FS_VA, .at = VTD_FRCD_AT_TRANSLATED);
	EXPECT_EQ(world_ask(world, &rq).memtype, VTD_MODEL_MT_NONE);
	check_done("memory types");
}

static void test_no_memtype(struct world *world)
{
	struct vtd_model_config config = world_config();

	config.ecap &= ~VTD_ECAP_MTS;
	world_unit(world, &config);
	world_build(world, SECOND);
	EXPECT_EQ(ask(world, PRQ(READ, SS_IOVA)).memtype, VTD_MODEL_MT_NONE);
	config = world_config();
	world_unit(world, &config);
	check_done("no memory types without MTS");
}

void suite_stages(void)
{
	struct world *world = world_new();

	test_second_sizes(world);
	test_second_depths(world);
	test_mgaw(world);
	test_second_ignored(world);
	test_ssirwe(world);
	test_zero_length(world);
	test_first_sizes(world);
	test_first_depths(world);
	test_first_ignored(world);
	test_first_permissions(world);
	test_memtype(world);
	test_no_memtype(world);
	world_free(world);
}
