// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine's monitor on the third serial port, and slots.
 *
 * QEMU speaks JSON, a line for each answer; vm-run keeps its events.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <linux/pci_regs.h>
#include <linux/types.h>

#include "harness.h"
#include "qmp.h"

#define PORT "/dev/ttyS2"
#define ANSWER_MS 20000
#define SLOT_STEP_MS 50
#define SLOT_LIMIT_MS 20000
/* For a second, by its clock, the kernel pays no attention to the slot. */
#define SLOT_REST_MS 3000

static int port = -1;

/* The next line, or an empty one after a while without. */
static void read_line(char *line, size_t size)
{
	struct pollfd ready = { .fd = port, .events = POLLIN };
	size_t n = 0;

	while (n < size - 1 && poll(&ready, 1, ANSWER_MS) == 1 &&
	       read(port, line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = 0;
}

int qmp(const char *fmt, ...)
{
	char text[1024];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text) - 1, fmt, args);
	va_end(args);
	CHECK(len > 0 && len < (int)sizeof(text) - 1);
	text[len++] = '\n';
	CHECK_EQ(write(port, text, len), len);
	do {
		read_line(text, sizeof(text));
		if (strstr(text, "\"return\""))
			return 0;
	} while (text[0] && !strstr(text, "\"error\""));
	harness_note("QEMU: %s", text[0] ? text : "(no answer)");
	return -EREMOTEIO;
}

void qmp_open(void)
{
	struct termios raw;

	port = open(PORT, O_RDWR | O_NOCTTY | O_CLOEXEC);
	CHECK(port >= 0);
	CHECK_EQ(tcgetattr(port, &raw), 0);
	cfmakeraw(&raw);
	CHECK_EQ(tcsetattr(port, TCSANOW, &raw), 0);
	CHECK_OK(qmp("{\"execute\":\"query-status\"}"));
}

/* Offset of the PCI Express capability. */
static unsigned char find_express(int config)
{
	unsigned char at, id;

	CHECK_EQ(pread(config, &at, 1, PCI_CAPABILITY_LIST), 1);
	while (at) {
		CHECK_EQ(pread(config, &id, 1, at + PCI_CAP_LIST_ID), 1);
		if (id == PCI_CAP_ID_EXP)
			break;
		CHECK_EQ(pread(config, &at, 1, at + PCI_CAP_LIST_NEXT), 1);
	}
	CHECK(at);
	return at;
}

/* The port's configuration space; @at becomes the offset of Slot Control. */
static int open_slot(const char *port_dir, off_t *at)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/config", port_dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	*at = find_express(fd) + PCI_EXP_SLTCTL;
	return fd;
}

static __u16 read_control(int config, off_t at)
{
	__u16 control;

	CHECK_EQ(pread(config, &control, sizeof(control), at),
		 sizeof(control));
	return control;
}

static void write_control(int config, off_t at, __u16 control)
{
	CHECK_EQ(pwrite(config, &control, sizeof(control), at),
		 sizeof(control));
}

/*
 * QEMU takes the device out when the slot is without power. That looks on
 * again when the kernel hears of it: a card was pulled, not switched off.
 */
void slot_pull_out(const char *port_dir)
{
	__u16 control, off;
	off_t at;
	int fd = open_slot(port_dir, &at);

	control = read_control(fd, at);
	off = control & ~(PCI_EXP_SLTCTL_PIC | PCI_EXP_SLTCTL_HPIE);
	write_control(fd, at, control & ~PCI_EXP_SLTCTL_HPIE);
	write_control(fd, at, off | PCI_EXP_SLTCTL_PWR_IND_OFF |
				      PCI_EXP_SLTCTL_PWR_OFF);
	write_control(fd, at, control);
	close(fd);
}

void slot_wait_off(const char *port_dir)
{
	unsigned int waited;
	off_t at;
	int fd = open_slot(port_dir, &at);

	for (waited = 0; !(read_control(fd, at) & PCI_EXP_SLTCTL_PCC);
	     waited += SLOT_STEP_MS) {
		CHECK(waited < SLOT_LIMIT_MS);
		usleep(SLOT_STEP_MS * 1000);
	}
	close(fd);
	usleep(SLOT_REST_MS * 1000);
}
