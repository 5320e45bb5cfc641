// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What the library does without a call: events, addresses, explanations. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "unit.h"

void unit_vevents(void)
{
	struct {
		struct iommufd_vevent_header first;
		__u64 data;
		struct iommufd_vevent_header lost;
	} buf = {
		{ .sequence = INT_MAX }, 0x55, {
			.flags = IOMMU_VEVENTQ_FLAG_LOST_EVENTS,
			.sequence = 3,
		},
	};
	struct iommufd_vevents events = {
		.buf = &buf, .bytes = sizeof(buf), .data_len = 8,
	};
	struct iommufd_vevent event;

	CHECK_EQ(iommufd_vevent_next(&events, &event), 1);
	CHECK_EQ(event.sequence, INT_MAX);
	CHECK_EQ(event.lost, 0);
	CHECK(event.data == &buf.data);
	CHECK_EQ(iommufd_vevent_next(&events, &event), 1);
	CHECK_EQ(event.sequence, 3);
	CHECK_EQ(event.lost, 1);
	CHECK(!event.data);
	CHECK_EQ(iommufd_vevent_next(&events, &event), 0);
	/* a record that ends early */
	events.pos = 0;
	events.bytes = 15;
	CHECK_EQ(iommufd_vevent_next(&events, &event), -EPROTO);
	events.bytes = 7;
	CHECK_EQ(iommufd_vevent_next(&events, &event), -EPROTO);
	events.pos = 8;
	CHECK_EQ(iommufd_vevent_next(&events, &event), -EPROTO);
	CHECK_EQ(iommufd_vevent_gap(4, 5), 0);
	CHECK_EQ(iommufd_vevent_gap(4, 7), 2);
	CHECK_EQ(iommufd_vevent_gap(INT_MAX, 0), 0);
	CHECK_EQ(iommufd_vevent_gap(INT_MAX - 1, 1), 2);
	CHECK_EQ(iommufd_vevent_read(-1, &buf, sizeof(buf)), -EBADF);
}

static void make_dir(const char *dir, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	CHECK_EQ(mkdir(path, 0700), 0);
}

void unit_addresses(void)
{
	static const char *const wrong[] = {
		"", "x", "01:00", "01:00.8", "01:20.0", "01:00.0x", "1:00.0",
		"000:01:00.0", "0000-01:00.0", "0000:01:00,0", "g000:01:00.0",
		"123456789:01:00.0", "0000:01:00.0\n", "../../../etc/01:00.0",
	};
	char path[300], dir[] = "/tmp/libiommufd.XXXXXX";
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_EQ(iommufd_vfio_path(wrong[i], path, sizeof(path)),
			 -EINVAL);
	CHECK_EQ(iommufd_vfio_path("ffff:FF:1f.7", path, 300), -ENODEV);
	CHECK_EQ(iommufd_vfio_path("12345678:ff:1f.7", path, 300), -ENODEV);
	CHECK_EQ(iommufd_vfio_open("ffff:ff:1f.7"), -ENODEV);
	CHECK(mkdtemp(dir));
	CHECK_EQ(iommufd_vfio_path_at(dir, path, 300), -ENXIO);
	make_dir(dir, "vfio-dev");
	CHECK_EQ(iommufd_vfio_path_at(dir, path, 300), -ENXIO);
	make_dir(dir, "vfio-dev/other");
	CHECK_EQ(iommufd_vfio_path_at(dir, path, 300), -ENXIO);
	make_dir(dir, "vfio-dev/noiommu-vfio12");
	CHECK_EQ(iommufd_vfio_path_at(dir, path, 300), 0);
	CHECK(!strcmp(path, "/dev/vfio/devices/noiommu-vfio12"));
	CHECK_EQ(iommufd_vfio_path_at(dir, path, 32), -ENAMETOOLONG);
	CHECK_EQ(iommufd_vfio_path_at(dir, path, 33), 0);
	snprintf(path, sizeof(path), "rm -r %s", dir);
	CHECK_EQ(system(path), 0);
	CHECK_EQ(iommufd_vfio_path_at(dir, path, 300), -ENODEV);
}

static int has(const struct iommufd_explanation *e, const char *field,
	       const char *reason)
{
	unsigned int i;

	for (i = 0; i < e->num; i++)
		if (!strcmp(e->meaning[i].field, field) &&
		    !strcmp(e->meaning[i].reason, reason))
			return 1;
	return 0;
}

void unit_meanings(void)
{
	struct iommufd_explanation e;

	CHECK_EQ(iommufd_explain(NULL, IOMMU_IOAS_MAP, 0, &e), -EINVAL);
	CHECK_EQ(iommufd_explain(NULL, IOMMU_IOAS_MAP, EINVAL, &e), -EINVAL);
	CHECK_EQ(iommufd_explain(NULL, 0xdead, -EINVAL, &e), -EINVAL);

	CHECK_EQ(iommufd_explain(NULL, IOMMU_IOAS_MAP, -EEXIST, &e), 0);
	CHECK(!strcmp(e.call, "IOMMU_IOAS_MAP") && !strcmp(e.error, "EEXIST"));
	CHECK_EQ(e.traced, 0);
	CHECK(has(&e, "iova", "meets something mapped already (value: its start)"));
	CHECK(!strcmp(e.meaning[0].cure,
		      "unmap that first, or choose another IOVA"));
	CHECK_EQ(iommufd_explain(NULL, IOMMU_IOAS_MAP, -EINVAL, &e), 0);
	/* its own, that of every call, and what another part may say */
	CHECK(has(&e, "flags", "neither READABLE nor WRITEABLE"));
	CHECK(has(&e, "size", "smaller than the first version of the struct"));
	CHECK(has(&e, "user_va", "memory cannot be pinned"));
	/* by way of another call; not what that sentence excepts */
	CHECK_EQ(iommufd_explain(NULL, IOMMU_IOAS_COPY, -ENOSPC, &e), 0);
	CHECK(has(&e, "length", "no free IOVA range is large enough"));
	CHECK_EQ(iommufd_explain(NULL, IOMMU_IOAS_MAP_FILE, -EFAULT, &e), 0);
	CHECK(!has(&e, "user_va", "not readable"));
	CHECK_EQ(iommufd_explain(NULL, VFIO_DEVICE_ATTACH_IOMMUFD_PT, -ENOMEM,
				 &e), 0);
	CHECK(has(&e, "length", "RLIMIT_MEMLOCK exceeded"));
	CHECK(!has(&e, "", "the kernel or the cgroup has no memory"));
	CHECK_EQ(iommufd_explain(NULL, VFIO_DEVICE_BIND_IOMMUFD, -EPERM, &e), 0);
	CHECK(has(&e, "device", "its iommu group is in use by somebody else"));
	/* an errno that nobody has documented for the call */
	CHECK_EQ(iommufd_explain(NULL, IOMMUFD_OPEN, -EXDEV, &e), 0);
	CHECK_EQ(e.num, 0);
	CHECK(!strcmp(e.error, strerror(EXDEV)));
	CHECK_EQ(iommufd_explain(NULL, IOMMUFD_VFIO_OPEN, -ENXIO, &e), 0);
	CHECK_EQ(e.num, 1);
}

static unsigned int doubles(const struct iommufd_explanation *e)
{
	unsigned int i, j, num = 0;

	for (i = 0; i < e->num; i++)
		for (j = 0; j < i; j++)
			num += !strcmp(e->meaning[i].reason,
				       e->meaning[j].reason) &&
			       !strcmp(e->meaning[i].field, e->meaning[j].field);
	return num;
}

/* Every row: explained once, with cause and cure, and there is room for all. */
void unit_every_meaning(void)
{
	struct iommufd_explanation e;
	unsigned int i, most = 0;
	char text[8192];

	CHECK(iommufd_num_rows > 200);
	for (i = 0; i < iommufd_num_rows; i++) {
		const struct iommufd_row *row = &iommufd_rows[i];
		unsigned long request = row->request ?: IOMMU_DESTROY;
		int error = row->error ?: EXDEV, n;

		CHECK(row->meaning.reason[0] && row->meaning.cure[0]);
		CHECK_EQ(iommufd_explain(NULL, request, -error, &e), 0);
		CHECK(has(&e, row->meaning.field, row->meaning.reason));
		CHECK_EQ(doubles(&e), 0);
		most = e.num > most ? e.num : most;
		n = iommufd_explain_text(&e, text, sizeof(text));
		CHECK(n > 0 && n < (int)sizeof(text));
		CHECK(strstr(text, row->meaning.reason));
		CHECK(strstr(text, row->meaning.cure));
	}
	printf("# %u rows, at most %u meanings\n", iommufd_num_rows, most);
	CHECK(most < IOMMUFD_MEANINGS);
}

static const char trace_head[] =
	"# tracer: nop\n#\n#           TASK-PID     CPU#  |||||\n";
#define EVENT(op, cmd, field, value, dev, err, reason) \
	" [000] ..... 12.345678: iommufd_reject: op=" op " cmd=" cmd \
	" field=" field " value=" value " dev=" dev " err=" err \
	" reason=" reason "\n"
#define BUSY EVENT("IOMMU_IOAS_MAP", "0x3b85", "iova", "0x1000000", "", "-17", \
		   "meets something mapped already (value: its start)")
#define GONE EVENT("IOMMU_DESTROY", "0x3b80", "id", "0x1", "", "-2", \
		   "no such object")
#define LATER EVENT("device_replace", "0x0", "reserved range", "0xfee00000", \
		    "0000:01:00.0", "-98", "what only a later kernel says")
#define SILENT EVENT("IOMMU_DESTROY", "0x3b80", "", "0x0", "", "-12", "")

static int find(const char *text, unsigned long request, int error,
		struct iommufd_explanation *e)
{
	FILE *trace = fmemopen((void *)text, strlen(text), "r");
	int rc;

	memset(e, 0, sizeof(*e));
	rc = iommufd_trace_find(trace, 123, request, error, e);
	fclose(trace);
	return rc;
}

void unit_traces(void)
{
	struct iommufd_explanation e;
	char text[2048];

	snprintf(text, sizeof(text), "%s a b-[1] -123    %sprog-124    %s",
		 trace_head, BUSY, GONE);
	CHECK_EQ(find(text, IOMMU_IOAS_MAP, -EEXIST, &e), 0);
	CHECK(!strcmp(e.meaning[0].field, "iova"));
	CHECK(!strcmp(e.meaning[0].reason,
		      "meets something mapped already (value: its start)"));
	CHECK_EQ(e.value, 0x1000000);
	CHECK(!strcmp(e.device, ""));
	/* another error, another call, another thread */
	CHECK_EQ(find(text, IOMMU_IOAS_MAP, -EINVAL, &e), -ENOENT);
	CHECK_EQ(find(text, IOMMU_IOAS_COPY, -EEXIST, &e), -ENOENT);
	CHECK_EQ(find(text, IOMMU_DESTROY, -ENOENT, &e), -ENOENT);
	/* not the last of the thread any more */
	strcat(text, "prog-123    " LATER);
	CHECK_EQ(find(text, IOMMU_IOAS_MAP, -EEXIST, &e), -ENOENT);
	CHECK_EQ(find(text, VFIO_DEVICE_ATTACH_IOMMUFD_PT, -EADDRINUSE, &e), 0);
	CHECK(!strcmp(e.meaning[0].field, "reserved range"));
	CHECK(!strcmp(e.meaning[0].reason, "what only a later kernel says"));
	CHECK(!strcmp(e.device, "0000:01:00.0"));
	/* no reason, a line that ends early, an event of another kind, nothing */
	CHECK_EQ(find("p-123 " SILENT, IOMMU_DESTROY, -ENOMEM, &e), -ENOENT);
	snprintf(text, sizeof(text), "p-123 %s", GONE);
	text[70] = 0;
	CHECK_EQ(find(text, IOMMU_DESTROY, -ENOENT, &e), -ENOENT);
	CHECK_EQ(find("p-123 [0] : iommufd_map: ioas=1\n", IOMMU_IOAS_MAP,
		      -EEXIST, &e), -ENOENT);
	CHECK_EQ(find("\n", IOMMU_IOAS_MAP, -EEXIST, &e), -ENOENT);
	CHECK_EQ(find(": iommufd_reject: ", IOMMU_IOAS_MAP, -EEXIST, &e),
		 -ENOENT);
}

/* Lines of any process, as iommufdctl reads them. */
void unit_lines(void)
{
	struct iommufd_explanation e;
	char text[1024], line[512], *end;

	CHECK_EQ(iommufd_explain_line("a b-[1] -123    " BUSY, &e), 0);
	CHECK(!strcmp(e.call, "IOMMU_IOAS_MAP") && !strcmp(e.error, "EEXIST"));
	CHECK_EQ(e.value, 0x1000000);
	CHECK(!strcmp(e.meaning[0].cure,
		      "unmap that first, or choose another IOVA"));
	CHECK(iommufd_explain_text(&e, text, sizeof(text)) > 0);
	CHECK(strstr(text, "iova: meets something mapped already"));
	/* a call of VFIO, and a reason without cure */
	CHECK_EQ(iommufd_explain_line("p-1 " LATER, &e), 0);
	CHECK(!strcmp(e.call, "VFIO_DEVICE_ATTACH_IOMMUFD_PT"));
	CHECK(!strcmp(e.device, "0000:01:00.0") && !e.meaning[0].cure[0]);
	/* an operation that is no call; an answer; an errno without a row */
	snprintf(line, sizeof(line), "p-1 %s",
		 EVENT("access_pin_pages", "0x0", "iova", "0x1", "", "-87",
		       "no map is there"));
	CHECK_EQ(iommufd_explain_line(line, &e), 0);
	CHECK(!strcmp(e.call, "access_pin_pages") && e.error[0]);
	CHECK(!strcmp(e.meaning[0].reason, "no map is there"));
	snprintf(line, sizeof(line), "p-1 [000] 1.0: iommufd_expected: %s",
		 strstr(BUSY, "op="));
	CHECK_EQ(iommufd_explain_line(line, &e), 0);
	CHECK(!strcmp(e.call, "IOMMU_IOAS_MAP"));
	CHECK_EQ(iommufd_explain_line("p-1 [000] 1.0: iommufd_map: ioas=1", &e),
		 -ENOENT);
	CHECK_EQ(iommufd_explain_line("", &e), -ENOENT);
	/* words as long as the kernel's can be: no byte too much */
	memset(line, 'w', 300);
	snprintf(line + 300, 200, " [0] : iommufd_reject: op=x cmd=0x1 field=");
	end = line + strlen(line);
	memset(end, 'f', 60);
	end[60] = 0;
	CHECK_EQ(iommufd_explain_line(line, &e), -ENOENT);
}

/* A session whose instance is a folder with a file. */
void unit_sessions(void)
{
	struct iommufd_session session = { .fd = 7, .busy = 0 };
	struct iommufd_session *none = NULL;
	struct iommufd_explanation e;
	char text[1024], path[120];
	FILE *trace;
	int len;

	CHECK_EQ(iommufd_session_open("/nonexistent", &none), -ENOENT);
	CHECK(!none);
	iommufd_session_close(NULL);
	CHECK_EQ(iommufd_session_fd(&session), 7);

	snprintf(session.instance, sizeof(session.instance),
		 "/tmp/libiommufd.%d", (int)getpid());
	CHECK_EQ(mkdir(session.instance, 0700), 0);
	snprintf(path, sizeof(path), "%s/trace", session.instance);
	/* no trace to read: the table answers */
	CHECK_EQ(iommufd_explain(&session, IOMMU_IOAS_MAP, -EEXIST, &e), 0);
	CHECK_EQ(e.traced, 0);
	trace = fopen(path, "w");
	fprintf(trace, "unit-%ld " BUSY, syscall(SYS_gettid));
	fclose(trace);
	CHECK_EQ(iommufd_explain(&session, IOMMU_IOAS_MAP, -EEXIST, &e), 0);
	CHECK_EQ(e.traced, 1);
	CHECK_EQ(e.num, 1);
	len = iommufd_explain_text(&e, text, sizeof(text));
	CHECK_EQ(len, strlen(text));
	CHECK(!strcmp(text,
		      "IOMMU_IOAS_MAP: EEXIST:\n"
		      "  iova: meets something mapped already (value: its start) [0x1000000]\n"
		      "    what to do: unmap that first, or choose another IOVA\n"));
	/* cut off, not overrun */
	memset(text, 'x', sizeof(text));
	CHECK(iommufd_explain_text(&e, text, 10) > 100);
	CHECK(!strcmp(text, "IOMMU_IOA") && text[10] == 'x');
	CHECK(iommufd_explain_text(&e, NULL, 0) > 100);
	CHECK_EQ(iommufd_explain(&session, IOMMU_IOAS_MAP, -ENOMEM, &e), 0);
	CHECK_EQ(e.traced, 0);
	CHECK(e.num > 1);
	unlink(path);
	rmdir(session.instance);
}

