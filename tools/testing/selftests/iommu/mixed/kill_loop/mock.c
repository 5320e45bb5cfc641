// SPDX-License-Identifier: GPL-2.0-only
/* A victim with objects of all kinds of the mock: the operations of stress. */
#include <unistd.h>

#include "lib/file.h"
#include "lib/harness.h"
#include "lib/proc.h"
#include "../stress/shared.h"
#include "kill.h"

#define NTHREADS 4

void mock_victim(struct victim *victim)
{
	static struct shared s;

	s.fd = victim->fd;
	s.va = victim->va;
	s.page = victim->page;
	s.memfd = memfd_make(SHARED_FILES * s.page);
	s.success = victim->done;
	if (victim->user) {
		proc_limit_memlock(VICTIM_LIMIT_PAGES * s.page);
		proc_become_user(VICTIM_UID);
	}
	shared_forever(&s, victim->seed, NTHREADS);
}
