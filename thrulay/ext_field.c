/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "common/clock.h"
#include "thrulay/ext_field.h"

#define NPCT_PER_PCT	1e9
#define NPCT_MAX	INT64_C(100000000000)

_Static_assert(sizeof(enum ext_report) == sizeof(int) &&
    sizeof(enum thrulay_direction) == sizeof(int) &&
    sizeof(enum thrulay_spacing) == sizeof(int), "a CHOICE is an int");

/* Rounded and saturated; 0 for NaN. */
static int64_t
to_int(double v)
{
	if (isnan(v))
		return 0;
	if (v >= 9.2e18)
		return INT64_MAX;
	return v <= -9.2e18 ? INT64_MIN : llround(v);
}

static void
put_signed(struct wire_wr *w, int64_t v)
{
	if (v < 0)
		wire_wr_u8(w, '-');
	wire_wr_dec(w, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

/* A byte that could end the line or disturb a terminal becomes '?'. */
static void
put_text(struct wire_wr *w, const char *s, size_t size)
{
	size_t i;

	for (i = 0; i < size - 1 && s[i] != '\0'; i++)
		wire_wr_u8(w, (uint8_t)s[i] < ' ' || s[i] == 0x7f ? '?' :
		    (uint8_t)s[i]);
}

static void
put_hex(struct wire_wr *w, const uint8_t *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (; n-- > 0; p++) {
		wire_wr_u8(w, (uint8_t)digits[*p >> 4]);
		wire_wr_u8(w, (uint8_t)digits[*p & 15]);
	}
}

static void
put_times(struct wire_wr *w, const struct thrulay_times *t)
{
	int64_t v[] = { t->min, t->max, to_int(t->mean), t->p01, t->p05,
		t->p25, t->p50, t->p75, t->p95, t->p99, t->p999 };
	size_t i;

	wire_wr_dec(w, t->n);
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		wire_wr_u8(w, ' ');
		put_signed(w, v[i]);
	}
}

static size_t
list_len(const uint8_t *at, size_t n)
{
	uint64_t v;

	for (; n > 0; n--) {
		memcpy(&v, at + (n - 1) * sizeof(v), sizeof(v));
		if (v != 0)
			break;
	}
	return n;
}

static void
put_list(struct wire_wr *w, const uint8_t *at, size_t n)
{
	uint64_t v;
	size_t i;

	for (i = 0; i < n; i++) {
		memcpy(&v, at + i * sizeof(v), sizeof(v));
		if (i > 0)
			wire_wr_u8(w, ' ');
		wire_wr_dec(w, v);
	}
}

static bool
has_line(const struct ext_field *f, const struct ext_message *m)
{
	const uint8_t *at = (const uint8_t *)m + f->offset;
	double pct;

	switch (f->type) {
	case EXT_TEXT:
		return *at != '\0';
	case EXT_LIST:
		return list_len(at, f->size) > 0;
	case EXT_NPCT:
		memcpy(&pct, at, sizeof(pct));
		return !isnan(pct);
	case EXT_OK:
		return m->u.error[0] == '\0';
	case EXT_COUNT:
	case EXT_NUMBER:
	case EXT_SMALL:
	case EXT_MS:
	case EXT_FLAG:
	case EXT_CHOICE:
	case EXT_HEX:
	case EXT_TIMES:
		break;
	}
	return true;
}

static int64_t
clamp(int64_t v, int64_t lo, int64_t hi)
{
	if (v < lo)
		return lo;
	return v > hi ? hi : v;
}

/* The types that are one integer on the wire. */
static int64_t
integer(const struct ext_field *f, const uint8_t *at)
{
	double pct;
	int64_t v;
	int i;

	if (f->type == EXT_SMALL) {
		memcpy(&i, at, sizeof(i));
		return clamp(i, f->lo, f->hi);
	}
	if (f->type == EXT_NPCT) {
		memcpy(&pct, at, sizeof(pct));
		return clamp(to_int(pct * NPCT_PER_PCT), 0, NPCT_MAX);
	}
	memcpy(&v, at, sizeof(v));
	if (f->type == EXT_MS)
		return v <= 0 ? 0 : (v - 1) / CLOCK_NS_PER_MS + 1;
	return clamp(v, f->lo, f->hi);
}

static void
put_value(const struct ext_field *f, const uint8_t *at, struct wire_wr *w)
{
	struct thrulay_times t;
	uint64_t count;
	bool flag;
	int choice;

	switch (f->type) {
	case EXT_COUNT:
		memcpy(&count, at, sizeof(count));
		wire_wr_dec(w, count);
		break;
	case EXT_NUMBER:
	case EXT_SMALL:
	case EXT_MS:
	case EXT_NPCT:
		put_signed(w, integer(f, at));
		break;
	case EXT_FLAG:
		memcpy(&flag, at, sizeof(flag));
		wire_wr_u8(w, flag ? '1' : '0');
		break;
	case EXT_CHOICE:
		memcpy(&choice, at, sizeof(choice));
		wire_wr_str(w, f->names[choice]);
		break;
	case EXT_TEXT:
		put_text(w, (const char *)at, f->size);
		break;
	case EXT_HEX:
		put_hex(w, at, f->size);
		break;
	case EXT_TIMES:
		memcpy(&t, at, sizeof(t));
		put_times(w, &t);
		break;
	case EXT_LIST:
		put_list(w, at, list_len(at, f->size));
		break;
	case EXT_OK:
		wire_wr_u8(w, '1');
		break;
	}
}

void
ext_field_put(const struct ext_field *f, const struct ext_message *m,
    struct wire_wr *w)
{
	if (!has_line(f, m))
		return;
	wire_wr_str(w, f->key);
	wire_wr_u8(w, '=');
	put_value(f, (const uint8_t *)m + f->offset, w);
	wire_wr_u8(w, '\n');
}

/* A failed read leaves r bad, which ext_field_get asks for at the end. */
static int64_t
get_signed(struct wire_rd *r, int64_t lo, int64_t hi)
{
	bool negative = wire_rd_take(r, '-');
	uint64_t v = wire_rd_dec(r, (uint64_t)INT64_MAX + negative);
	int64_t n;

	n = negative ? -(int64_t)(v - (v > 0)) - (v > 0) : (int64_t)v;
	if (n < lo || n > hi)
		r->bad = true;
	return n;
}

static void
get_integer(const struct ext_field *f, struct wire_rd *r, uint8_t *at)
{
	int64_t v;
	double pct;
	int i;

	if (f->type == EXT_SMALL) {
		i = (int)get_signed(r, f->lo, f->hi);
		memcpy(at, &i, sizeof(i));
	} else if (f->type == EXT_NPCT) {
		pct = (double)get_signed(r, 0, NPCT_MAX) / NPCT_PER_PCT;
		memcpy(at, &pct, sizeof(pct));
	} else if (f->type == EXT_MS) {
		v = get_signed(r, 0, INT64_MAX / CLOCK_NS_PER_MS);
		v = r->bad ? 0 : v * CLOCK_NS_PER_MS;
		memcpy(at, &v, sizeof(v));
	} else {
		v = get_signed(r, f->lo, f->hi);
		memcpy(at, &v, sizeof(v));
	}
}

static void
get_choice(const struct ext_field *f, struct wire_rd *r, uint8_t *at)
{
	const char *name;
	int i;

	for (i = 0; (name = f->names[i]) != NULL; i++)
		if (r->left == strlen(name) &&
		    wire_rd_take_str(r, name))
			break;
	if (name == NULL)
		r->bad = true;
	memcpy(at, &i, sizeof(i));
}

static void
get_text(const struct ext_field *f, struct wire_rd *r, uint8_t *at)
{
	size_t i, n = r->left;

	if (n == 0 || n >= f->size) {
		r->bad = true;
		return;
	}
	wire_rd_copy(r, at, n);
	at[n] = '\0';
	for (i = 0; i < n; i++)
		if (at[i] < ' ' || at[i] == 0x7f)
			r->bad = true;
}

static unsigned int
get_nibble(struct wire_rd *r)
{
	uint8_t c = wire_rd_u8(r);

	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	r->bad = true;
	return 0;
}

static void
get_times(struct wire_rd *r, uint8_t *at)
{
	struct thrulay_times t = { 0 };
	int64_t mean, *const to[] = { &t.min, &t.max, &mean, &t.p01, &t.p05,
		&t.p25, &t.p50, &t.p75, &t.p95, &t.p99, &t.p999 };
	size_t i;

	t.n = wire_rd_dec(r, UINT64_MAX);
	for (i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		if (!wire_rd_take(r, ' '))
			r->bad = true;
		*to[i] = get_signed(r, INT64_MIN, INT64_MAX);
	}
	t.mean = (double)mean;
	memcpy(at, &t, sizeof(t));
}

static void
get_list(const struct ext_field *f, struct wire_rd *r, uint8_t *at)
{
	uint64_t v;
	size_t i;

	for (i = 0; i < f->size; i++) {
		v = wire_rd_dec(r, UINT64_MAX);
		memcpy(at + i * sizeof(v), &v, sizeof(v));
		if (!wire_rd_take(r, ' '))
			break;
	}
}

bool
ext_field_get(const struct ext_field *f, struct wire_rd *r,
    struct ext_message *m)
{
	uint8_t *at = (uint8_t *)m + f->offset;
	uint64_t count;
	bool flag;
	size_t i;

	switch (f->type) {
	case EXT_COUNT:
		count = wire_rd_dec(r, UINT64_MAX);
		memcpy(at, &count, sizeof(count));
		break;
	case EXT_NUMBER:
	case EXT_SMALL:
	case EXT_MS:
	case EXT_NPCT:
		get_integer(f, r, at);
		break;
	case EXT_FLAG:
		flag = wire_rd_dec(r, 1) == 1;
		memcpy(at, &flag, sizeof(flag));
		break;
	case EXT_CHOICE:
		get_choice(f, r, at);
		break;
	case EXT_TEXT:
		get_text(f, r, at);
		break;
	case EXT_HEX:
		for (i = 0; i < f->size; i++) {
			at[i] = (uint8_t)(get_nibble(r) << 4);
			at[i] |= (uint8_t)get_nibble(r);
		}
		break;
	case EXT_TIMES:
		get_times(r, at);
		break;
	case EXT_LIST:
		get_list(f, r, at);
		break;
	case EXT_OK:
		if (!wire_rd_take(r, '1'))
			r->bad = true;
		break;
	}
	return wire_rd_done(r);
}

void
ext_field_default(const struct ext_field *f, struct ext_message *m)
{
	double unknown = NAN;

	if (f->type == EXT_NPCT)
		memcpy((uint8_t *)m + f->offset, &unknown, sizeof(unknown));
}
