// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated units for as long as one likes: address spaces are mapped, unmapped,
 * attached, replaced, devices are reset and plugged, their streams go on, and their
 * answers are late, in an order that the seed decides. Each access has the outcome
 * that what is mapped says, and nobody ever uses what is gone.
 *
 * Documentation/driver-api/vtd/sim.rst describes them.
 *
 *   vtd_soak [--seconds N] [--seed N]
 *
 * Needs a kernel with CONFIG_INTEL_IOMMU_SIM and vtd_sim=.
 */
#define _GNU_SOURCE
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/random.h"
#include "lib/sim.h"
#include "lib/uapi.h"

#define IOVA 0x40000000ULL
#define SPACES 3
#define PLACES 8
#define PLACE_PAGES 16
#define DEVICES 3
#define STEPS_PER_UNIT 400
#define SECONDS 20
#define NOWHERE (-1)

static unsigned long seconds, seed;

struct device {
	struct sim_function fn;
	int space;
};

struct soak {
	struct sim sim;
	int fd;
	__u32 ioas[SPACES];
	/* Pages that are mapped at each place. */
	size_t mapped[SPACES][PLACES];
	unsigned char *va[SPACES];
	struct device devices[DEVICES];
	unsigned long steps;
};

static size_t place_size(void)
{
	return PLACE_PAGES * page_size();
}

static unsigned char pattern(int space, int place)
{
	return 1 + space * PLACES + place;
}

static void device_make(struct soak *s, struct device *d)
{
	d->fn = sim_function(&s->sim, VTD_SIM_ENGINE, 0);
	sim_function_open(&d->fn, s->fd);
	d->space = NOWHERE;
}

static void device_end(struct device *d)
{
	sim_function_close(&d->fn);
	sim_function_remove(&d->fn);
}

static void soak_make(struct soak *s, __u32 profile)
{
	int i, j;

	memset(s->mapped, 0, sizeof(s->mapped));
	s->sim = sim_unit(profile, "");
	s->fd = iommu_open();
	for (i = 0; i < SPACES; i++) {
		s->ioas[i] = ioas_alloc(s->fd);
		if (!s->va[i])
			s->va[i] = mem_pages(PLACES * PLACE_PAGES);
		for (j = 0; j < PLACES; j++)
			memset(s->va[i] + j * place_size(), pattern(i, j), place_size());
	}
	for (i = 0; i < DEVICES; i++)
		device_make(s, &s->devices[i]);
}

static void soak_end(struct soak *s)
{
	int i;

	sim_check_clean(&s->sim);
	for (i = 0; i < DEVICES; i++)
		device_end(&s->devices[i]);
	close(s->fd);
	sim_end(&s->sim);
}

static __u64 place_at(int place)
{
	return IOVA + place * place_size();
}

static void map_or_unmap(struct soak *s)
{
	int space = random_below(SPACES), place = random_below(PLACES);
	size_t *n = &s->mapped[space][place];

	if (*n) {
		ioas_unmap(s->fd, s->ioas[space], place_at(place), *n * page_size());
		*n = 0;
		return;
	}
	*n = 1 + random_below(PLACE_PAGES);
	ioas_map_at(s->fd, s->ioas[space], s->va[space] + place * place_size(),
		    *n * page_size(), place_at(place));
}

static void attach(struct soak *s, struct device *d)
{
	d->space = random_below(SPACES);
	vfio_attach(d->fn.device, s->ioas[d->space]);
}

static void detach(struct device *d)
{
	if (d->space != NOWHERE)
		CHECK_OK(__vfio_detach(d->fn.device));
	d->space = NOWHERE;
}

static void access_place(struct soak *s, struct device *d)
{
	__u32 flags = random_below(2) ? VTD_SIM_OP_ATS : 0, status;
	size_t page = random_below(PLACE_PAGES);
	int place = random_below(PLACES);

	status = sim_run(&d->fn, VTD_SIM_OP_READ | flags,
			 place_at(place) + page * page_size(), page_size(), page_size());
	if (d->space == NOWHERE || page >= s->mapped[d->space][place]) {
		CHECK(status != VTD_SIM_OK);
		return;
	}
	CHECK_EQ(status, VTD_SIM_OK);
	CHECK_EQ(d->fn.memory[page_size()], pattern(d->space, place));
	CHECK_EQ(d->fn.memory[2 * page_size() - 1], pattern(d->space, place));
}

static void stream(struct device *d)
{
	/* ATS is off while nothing is attached. */
	__u32 flags = d->space != NOWHERE && random_below(2) ? VTD_SIM_OP_ATS : 0;

	if (random_below(2))
		sim_stream(&d->fn, VTD_SIM_OP_READ | flags, place_at(random_below(PLACES)),
			   1 + random_below(5000));
	else
		sim_stream_stop(&d->fn);
}

static void reset(struct device *d)
{
	CHECK_OK(iommufd_vfio_reset(d->fn.device));
}

static void plug(struct soak *s, struct device *d)
{
	device_end(d);
	device_make(s, d);
}

static void be_late(struct device *d)
{
	__u32 flags = random_below(2) ? VTD_SIM_ASK_AGAIN : 0;

	sim_behave(&d->fn, flags, random_below(4) ? 0 : random_below(20));
}

static void step(struct soak *s)
{
	struct device *d = &s->devices[random_below(DEVICES)];
	__u64 what = random_below(200);

	if (what < 60)
		map_or_unmap(s);
	else if (what < 130)
		access_place(s, d);
	else if (what < 160)
		attach(s, d);
	else if (what < 175)
		detach(d);
	else if (what < 190)
		stream(d);
	else if (what < 197)
		be_late(d);
	else if (what < 199)
		reset(d);
	else
		plug(s, d);
	s->steps++;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void soak(void)
{
	static struct soak s;
	double end = now() + seconds;
	unsigned int i, units = 0;

	do {
		soak_make(&s, random_below(VTD_SIM_PROFILES));
		for (i = 0; i < STEPS_PER_UNIT && now() < end; i++) {
			step(&s);
			if (i % 16 == 0)
				sim_check_clean(&s.sim);
		}
		soak_end(&s);
		units++;
	} while (now() < end);
	harness_note("seed %lu: %lu steps on %u units", seed, s.steps, units);
}

static struct test_case cases[] = {
	{ .name = "soak", .fn = soak },
};

int main(int argc, char **argv)
{
	seconds = harness_option(argc, argv, "seconds", SECONDS);
	seed = harness_option(argc, argv, "seed", 1);
	random_begin(seed);
	cases[0].seconds = 2 * seconds + 120;
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
