/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of access tokens. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "msak/server_private.h"

int
server_keys_load(const struct server_options *o, struct jwk_set *set,
    char *error, size_t len)
{
	char other[JWK_ERROR];
	int rc = 0;
	size_t i;

	for (i = 0; i < o->nkeys; i++) {
		if (jwk_add(set, o->keys[i].text, o->keys[i].len,
		    rc == 0 ? error : other, rc == 0 ? len : sizeof(other)) ==
		    -1)
			rc = -1;
	}
	return rc;
}

/* One file anew. 0, or -1 with the reason. */
static int
reload(const struct options_file *f, struct jwk_set *set, char *error,
    size_t len)
{
	FILE *why = fmemopen(error, len, "w");
	size_t n = 0;
	char *text;
	int rc;

	if (why == NULL)
		return -1;
	text = options_read_file(f->name, JWK_TEXT_MAX, &n, why);
	fclose(why);
	if (text == NULL)
		return -1;
	rc = jwk_add(set, text, n, error, len);
	free(text);
	return rc;
}

void
server_keys_reload(struct server *s)
{
	char error[JWK_ERROR] = "out of memory";
	struct jwk_set set = { NULL, 0 };
	struct server_text t;
	size_t i;

	for (i = 0; i < s->o->nkeys; i++)
		if (reload(&s->o->keys[i], &set, error, sizeof(error)) == -1) {
			SERVER_LOG(s, LOG_LEVEL_ERROR, "failed to reload keys,"
			    " the old ones stay error=%s",
			    server_value(&t, error, strlen(error)));
			jwk_free(&set);
			return;
		}
	jwk_free(&s->keys);
	s->keys = set;
	SERVER_LOG(s, LOG_LEVEL_INFO, "Keys reloaded number=%zu", set.n);
}
