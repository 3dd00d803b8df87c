/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_WIRE_H
#define PL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Cursors that cannot leave their buffer. A read past the end returns 0 (or
 * NULL) and sets bad for good; a write past the end is dropped and sets bad.
 * So a parser reads every field first and asks wire_ok once.
 */
struct wire_rd {
	const uint8_t	*p;
	size_t		 left;
	bool		 bad;
};

struct wire_wr {
	uint8_t	*start;
	size_t	 len;		/* written */
	size_t	 size;		/* room */
	bool	 bad;
};

void	wire_rd_init(struct wire_rd *r, const void *buf, size_t len);
bool	wire_rd_ok(const struct wire_rd *r);	/* nothing ran out */
bool	wire_rd_done(const struct wire_rd *r);	/* ok and all consumed */
uint8_t	wire_rd_u8(struct wire_rd *r);
uint16_t wire_rd_be16(struct wire_rd *r);
uint32_t wire_rd_be32(struct wire_rd *r);
uint64_t wire_rd_be64(struct wire_rd *r);
uint16_t wire_rd_le16(struct wire_rd *r);
uint32_t wire_rd_le32(struct wire_rd *r);
uint64_t wire_rd_le64(struct wire_rd *r);
/* n bytes in place, or NULL. */
const uint8_t *wire_rd_bytes(struct wire_rd *r, size_t n);
/* n bytes into to; zeros when there are fewer. */
void	wire_rd_copy(struct wire_rd *r, void *to, size_t n);
void	wire_rd_skip(struct wire_rd *r, size_t n);
/*
 * Unsigned decimal digits up to max; at least one digit. More than max (or
 * overflow) and no digit at all set bad.
 */
uint64_t wire_rd_dec(struct wire_rd *r, uint64_t max);
/* True and consumed when the next byte is c; else nothing happens. */
bool	wire_rd_take(struct wire_rd *r, char c);
/* The same for a whole literal. */
bool	wire_rd_take_str(struct wire_rd *r, const char *s);

void	wire_wr_init(struct wire_wr *w, void *buf, size_t size);
bool	wire_wr_ok(const struct wire_wr *w);
void	wire_wr_u8(struct wire_wr *w, uint8_t v);
void	wire_wr_be16(struct wire_wr *w, uint16_t v);
void	wire_wr_be32(struct wire_wr *w, uint32_t v);
void	wire_wr_be64(struct wire_wr *w, uint64_t v);
void	wire_wr_le16(struct wire_wr *w, uint16_t v);
void	wire_wr_le32(struct wire_wr *w, uint32_t v);
void	wire_wr_le64(struct wire_wr *w, uint64_t v);
void	wire_wr_bytes(struct wire_wr *w, const void *p, size_t n);
void	wire_wr_str(struct wire_wr *w, const char *s);
void	wire_wr_dec(struct wire_wr *w, uint64_t v);

#endif
