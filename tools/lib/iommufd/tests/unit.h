/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Checks of the library's own tests, and the cases that are in other files. */
#ifndef LIBIOMMUFD_UNIT_H
#define LIBIOMMUFD_UNIT_H

#include <stdio.h>
#include <string.h>

#include "explain.h"

extern int unit_failed;

#define CHECK(cond) \
	((cond) ? (void)0 : (unit_failed = 1, \
	 (void)printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond)))
#define CHECK_EQ(a, b) \
	unit_check_eq(__FILE__, __LINE__, #a, (long long)(a), (long long)(b))

void unit_check_eq(const char *file, int line, const char *what, long long is,
		   long long want);

/* What the next ioctl is answered with, and what it was. */
struct unit_kernel {
	int fd;
	unsigned long request;
	unsigned char sent[128];
	size_t size;
	int error;			/* positive; 0: it works */
	int result;
	void (*answer)(void *arg);
	unsigned int calls;
};

extern struct unit_kernel kernel;

/* Plays ioctl() for all of the program. */
int __wrap_ioctl(int fd, unsigned long request, ...);
void kernel_answers(int error, void (*answer)(void *arg));

/* Sent to file 7, this request, this struct and not a byte else. */
#define SENT(req, type, ...) do { \
		type want_ = { __VA_ARGS__ }; \
		CHECK_EQ(kernel.fd, 7); \
		CHECK_EQ(kernel.request, (req)); \
		CHECK_EQ(kernel.size, sizeof(want_)); \
		CHECK(!memcmp(kernel.sent, &want_, sizeof(want_))); \
	} while (0)

void unit_vevents(void);
void unit_addresses(void);
void unit_meanings(void);
void unit_device_parts(void);
void unit_every_meaning(void);
void unit_traces(void);
void unit_files(void);
void unit_lines(void);
void unit_memory(void);
void unit_sessions(void);

#endif
