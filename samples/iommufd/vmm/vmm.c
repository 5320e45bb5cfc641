// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * the guest's driver finds 1234:11e8 at bus address 0xc000000
 * DMA from 0x100000 to 0x4001000: a line of the guest
 * interrupts: 1
 * DMA to the ROM: unchanged
 * memory at 0x4000000 is pulled: DMA there changes nothing
 * after a reset of the guest the device is idle
 */
/*
 * vmm BDF: what a virtual machine monitor does for a device that it passes on,
 * from the memory of the guest to its reset; the page "A VMM in 300 lines" of
 * Documentation goes through it. The device is QEMU's edu (1234:11e8), bound to
 * vfio-pci. Of a machine only the processor is missing: guest_driver() stands
 * for the code of the guest, and all it does goes through the monitor.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../steps/sample.h"

/* ---- The machine ------------------------------------------------------- */

struct piece {
	const char *name;
	__u64 gpa, length;
	__u32 rights;
	struct iommufd_memory memory;
};

/* A guest's memory has holes, and parts that devices may not write. */
static struct piece pieces[] = {
	{ .name = "RAM", .gpa = 0, .length = 16 << 20, .rights = FIXED },
	{ .name = "RAM that can be pulled", .gpa = 64 << 20, .length = 16 << 20,
	  .rights = FIXED },
	{ .name = "ROM", .gpa = 128 << 20, .length = 64 << 10,
	  .rights = IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_FIXED_IOVA },
};

#define NUM_PIECES (sizeof(pieces) / sizeof(pieces[0]))
#define RAM2 (64ULL << 20)
#define ROM (128ULL << 20)
/* Where the firmware of the guest has put BAR 0. */
#define BAR_GPA (192ULL << 20)

static struct {
	struct iommufd_session *session;
	int fd;			/* the context: all devices of the guest share it */
	__u32 ioas;
	int device;
	__u32 dev_id;
	__u64 config, bar, bar_size;	/* in the file of the device */
	int interrupt;		/* an eventfd; to KVM it would go as an irqfd */
} vm;

/* ---- Memory ------------------------------------------------------------ */

static void memory_plug(struct piece *piece)
{
	__u64 iova = piece->gpa;

	sample_need(!iommufd_memory_alloc(&piece->memory, piece->length,
					  IOMMUFD_PAGES_USUAL), piece->name);
	/* With bus address = guest physical address, as on a machine without IOMMU. */
	sample_check(vm.session, IOMMU_IOAS_MAP,
		     iommufd_ioas_map(vm.fd, vm.ioas, piece->memory.va,
				      piece->length, piece->rights, &iova));
}

/* Out of the reach of devices first: then nobody can write to freed pages. */
static void memory_pull(struct piece *piece)
{
	sample_check(vm.session, IOMMU_IOAS_UNMAP,
		     iommufd_ioas_unmap(vm.fd, vm.ioas, piece->gpa,
					piece->length, NULL));
}

/* What the processor of the guest would see at this address. */
static char *memory_at(__u64 gpa)
{
	unsigned int i;

	for (i = 0; i < NUM_PIECES; i++)
		if (gpa - pieces[i].gpa < pieces[i].length)
			return (char *)pieces[i].memory.va + (gpa - pieces[i].gpa);
	sample_need(0, "the guest has nothing there");
	return NULL;
}

/* ---- The device -------------------------------------------------------- */

static void device_open(const char *bdf)
{
	struct vfio_region_info info;
	__u32 pt;

	vm.device = sample_check(vm.session, IOMMUFD_VFIO_OPEN,
				 iommufd_vfio_open(bdf));
	sample_check(vm.session, VFIO_DEVICE_BIND_IOMMUFD,
		     iommufd_vfio_bind(vm.device, vm.fd, &vm.dev_id));
	pt = vm.ioas;
	sample_check(vm.session, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
		     iommufd_vfio_attach(vm.device, &pt));
	sample_check(vm.session, VFIO_DEVICE_GET_REGION_INFO,
		     iommufd_vfio_region(vm.device, VFIO_PCI_CONFIG_REGION_INDEX,
					 &info));
	vm.config = info.offset;
	sample_check(vm.session, VFIO_DEVICE_GET_REGION_INFO,
		     iommufd_vfio_region(vm.device, VFIO_PCI_BAR0_REGION_INDEX,
					 &info));
	vm.bar = info.offset;
	vm.bar_size = info.size;
}

static void device_interrupts(void)
{
	vm.interrupt = eventfd(0, EFD_CLOEXEC);
	sample_need(vm.interrupt >= 0, "an eventfd");
	sample_check(vm.session, VFIO_DEVICE_SET_IRQS,
		     iommufd_vfio_irq_eventfds(vm.device, VFIO_PCI_MSI_IRQ_INDEX, 0,
					       &vm.interrupt, 1));
}

/* ---- What the guest's processor traps ----------------------------------- */

/* An access to config space. A real monitor keeps BARs and MSI to itself. */
static void trap_config(__u32 reg, void *data, unsigned int size, int write)
{
	off_t at = (off_t)(vm.config + reg);
	ssize_t done = write ? pwrite(vm.device, data, size, at) :
			       pread(vm.device, data, size, at);

	sample_need(done == (ssize_t)size, "config space");
}

/*
 * An access to memory without pages behind it. Where the BAR can be mapped
 * (VFIO_REGION_INFO_FLAG_MMAP) a real monitor maps it, and there is no trap.
 */
static void trap_memory(__u64 gpa, void *data, unsigned int size, int write)
{
	off_t at = (off_t)(vm.bar + (gpa - BAR_GPA));
	ssize_t done;

	sample_need(gpa - BAR_GPA < vm.bar_size, "the guest has nothing there");
	done = write ? pwrite(vm.device, data, size, at) :
		       pread(vm.device, data, size, at);
	sample_need(done == (ssize_t)size, "the device does not answer");
}

static int interrupts_pending(int wait_ms)
{
	struct pollfd ready = { .fd = vm.interrupt, .events = POLLIN };
	__u64 count = 0;

	if (poll(&ready, 1, wait_ms) == 1)
		sample_need(read(vm.interrupt, &count, 8) == 8, "the eventfd");
	return (int)count;
}

/* ---- The guest --------------------------------------------------------- */

/* Registers of the device, QEMU's docs/specs/edu.rst */
#define EDU_STATUS 0x24
#define EDU_ACK 0x64
#define EDU_SRC 0x80
#define EDU_DST 0x88
#define EDU_COUNT 0x90
#define EDU_COMMAND 0x98
#define EDU_BUFFER 0x40000ULL
#define EDU_TO_MEMORY 2
#define EDU_INTERRUPT 4

static void out(__u32 reg, __u64 value, unsigned int size)
{
	trap_memory(BAR_GPA + reg, &value, size, 1);
}

static __u64 in(__u32 reg, unsigned int size)
{
	__u64 value = 0;

	trap_memory(BAR_GPA + reg, &value, size, 0);
	return value;
}

static void guest_dma(__u64 from, __u64 to, __u64 flags)
{
	out(EDU_SRC, from, 8);
	out(EDU_DST, to, 8);
	out(EDU_COUNT, 32, 8);
	out(EDU_COMMAND, 1 | flags, 8);
	while (in(EDU_COMMAND, 8) & 1)
		;
}

static void guest_probe(void)
{
	__u16 id[2], command = 0x6;	/* memory space, bus master */

	trap_config(0, id, 4, 0);
	trap_config(4, &command, 2, 1);
	printf("the guest's driver finds %04x:%04x at bus address 0x%llx\n",
	       id[0], id[1], BAR_GPA);
}

static void guest_driver(void)
{
	strcpy(memory_at(0x100000), "a line of the guest");
	guest_dma(0x100000, EDU_BUFFER, 0);
	guest_dma(EDU_BUFFER, RAM2 + 0x1000, EDU_TO_MEMORY | EDU_INTERRUPT);
	printf("DMA from 0x100000 to 0x%llx: %s\n", RAM2 + 0x1000,
	       memory_at(RAM2 + 0x1000));
	printf("interrupts: %d\n", interrupts_pending(10000));
	out(EDU_ACK, in(EDU_STATUS, 4), 4);

	/* The unit stops it: the map of the ROM cannot be written. */
	strcpy(memory_at(ROM), "unchanged");
	guest_dma(EDU_BUFFER, ROM, EDU_TO_MEMORY);
	printf("DMA to the ROM: %s\n", memory_at(ROM));
}

static void guest_loses_memory(void)
{
	memory_pull(&pieces[1]);
	strcpy(memory_at(RAM2), "nothing");
	guest_dma(EDU_BUFFER, RAM2, EDU_TO_MEMORY);
	printf("memory at 0x%llx is pulled: DMA there changes %s\n", RAM2,
	       memory_at(RAM2));
}

/* The guest starts anew: no DMA of its former life may reach the next one. */
static void guest_reset(void)
{
	__u16 command = 0;
	int err = iommufd_vfio_reset(vm.device);

	/* -ENOTTY: the device has no reset of its own, so no bus master. */
	if (err)
		trap_config(4, &command, 2, 1);
	trap_config(4, &command, 2, 0);
	printf("after a reset of the guest the device is %s\n",
	       command & 0x4 ? "busy" : "idle");
}

int main(int argc, char **argv)
{
	unsigned int i;

	sample_need(argc == 2, "usage: vmm BDF");
	vm.session = sample_open();
	vm.fd = iommufd_session_fd(vm.session);
	sample_check(vm.session, IOMMU_IOAS_ALLOC,
		     iommufd_ioas_alloc(vm.fd, &vm.ioas));
	/* The device first: its reserved regions and its reach then bound the maps. */
	device_open(argv[1]);
	for (i = 0; i < NUM_PIECES; i++)
		memory_plug(&pieces[i]);
	device_interrupts();

	guest_probe();
	guest_driver();
	guest_loses_memory();
	guest_reset();

	/* The device's file first: its end stops DMA before memory goes. */
	close(vm.device);
	close(vm.interrupt);
	for (i = 0; i < NUM_PIECES; i++)
		iommufd_memory_free(&pieces[i].memory);
	iommufd_session_close(vm.session);
	return 0;
}
