/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_REPORT_MATRIX_H
#define MSAK_REPORT_MATRIX_H

#include <stdio.h>

#include "msak/options_client.h"
#include "msak/result.h"

/* What msak-client prints after the last run of a matrix. */
struct report_matrix_row {
	struct options_run	run;
	struct result_client	result;
};

struct report_matrix {
	struct report_matrix_row *rows;
	size_t			 n;
	int64_t			 start_wall_ns, end_wall_ns;
	struct host		 host;
	struct result_error	 error;
};

/*
 * A table with a line a run, none in legacy form, or the final object, in
 * which the runs are an array. 0, or -1 with errno.
 */
int	report_matrix(FILE *out, const struct client_options *o,
	    const struct report_matrix *m);

#endif
