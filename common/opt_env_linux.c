/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "common/opt.h"

const char *
opt_env(const char *name)
{
	return secure_getenv(name);
}
