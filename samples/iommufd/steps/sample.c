// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What the samples share. */
#include <stdio.h>
#include <stdlib.h>

#include "sample.h"

struct iommufd_session *sample_open(void)
{
	struct iommufd_session *session = NULL;

	sample_check(NULL, IOMMUFD_OPEN, iommufd_session_open(NULL, &session));
	iommufd_session_trace(session);
	return session;
}

void sample_explain(struct iommufd_session *session, unsigned long request,
		    int error)
{
	struct iommufd_explanation why;
	char text[4096];

	if (iommufd_explain(session, request, error, &why))
		return;
	iommufd_explain_text(&why, text, sizeof(text));
	fputs(text, stdout);
}

int sample_check(struct iommufd_session *session, unsigned long request, int err)
{
	if (err >= 0)
		return err;
	sample_explain(session, request, err);
	exit(1);
}

void sample_need(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "failed: %s\n", what);
	exit(1);
}
