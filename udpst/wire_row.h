/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_WIRE_ROW_H
#define UDPST_WIRE_ROW_H

#include "common/wire.h"
#include "udpst/wire.h"

/* srStruct, 28 bytes of activation and status PDUs. For the codec alone. */
void	wire_row_get(struct wire_rd *r, struct wire_row *p);
void	wire_row_put(struct wire_wr *w, const struct wire_row *p);

#endif
