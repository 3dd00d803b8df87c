/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <limits.h>
#include <stddef.h>

#include "thrulay/thrulay.h"

/* The number of a text is the library code of release 0.9. */
static const char *const client_texts[] = {
	[THRULAY_E_CLOCK] = "gettimeofday(): failed",
	[THRULAY_E_UDP_INIT] = "could not initialize UDP test",
	[THRULAY_E_RESOLVE_GROUP] =
	    "getaddrinfo(): failed for multicast group",
	[THRULAY_E_MEMORY] = "malloc(): failed",
	[THRULAY_E_LOCAL_WINDOW] = "different local window",
	[6] = "gettimeofday() failed, unable to start timer.",
	[7] = "gettimeofday() failed, unable to process new timestamp.",
	[8] = "gettimeofday() failed, unable to print stream stats.",
	[THRULAY_E_RESOLVE] = "getaddrinfo(): failed for server name "
	    "resolution while initializing a TCP test",
	[THRULAY_E_RESOLVE_UDP] = "getaddrinfo(): failed for server name "
	    "resolution while initializing an UDP test",
	[THRULAY_E_CONNECT] = "could not establish connection to server",
	[THRULAY_E_BANNER] = "could not read server banner",
	[THRULAY_E_NOT_THRULAY] = "not a thrulay server responded",
	[THRULAY_E_REASON] = "could not read rejection reason",
	/* the missing bracket is what scripts know */
	[THRULAY_E_REJECTED] = "stop (connection rejected",
	[THRULAY_E_SEND_PROPOSAL] = "could not send session proposal",
	[THRULAY_E_READ_RESPONSE] = "could not read session response",
	[THRULAY_E_CLOSED] = "server closed connection after proposal",
	[THRULAY_E_SEND_END] = "could not send terminating message",
	[THRULAY_E_RESULTS] = "could not recv session results",
	[THRULAY_E_UDP_REJECTED] = "server rejected our UDP proposal",
	[THRULAY_E_MALFORMED] = "malformed session response from server",
	[THRULAY_E_FAMILY] = "socket address family not supported",
	[THRULAY_E_FAMILY_GROUP] =
	    "socket address family not supported for multicast",
	[THRULAY_E_SLEEP] = "nanosleep() failed",
	[THRULAY_E_SEND_UDP] = "sending UDP packet failed",
	[THRULAY_E_BLOCK_SMALL] =
	    "server gave block size less than MIN_BLOCK",
	[THRULAY_E_BLOCK_LARGE] = "server gave block size too large",
	[THRULAY_E_WINDOW_SMALL] = "server gave ridiculously small window",
	[THRULAY_E_WINDOW_DIFFERS] = "different server window",
	[THRULAY_E_BLOCK_DIFFERS] = "different server block size",
	[THRULAY_E_MSS_DIFFERS] = "different MSS",
	[THRULAY_E_MTU_DIFFERS] = "different MTU",
	[THRULAY_E_SELECT] = "select(): failed",
	[THRULAY_E_QUANTILE] = "error in quantile computation",
};

/* Those of the 0.9 server, in its order. */
static const char *const server_texts[] = {
	[1] = "gettimeofday(): failed",
	"strdup(): failed",
	"getaddrinfo(): failed in UDP test",
	"malloc(): failed",
	"could not send greeting to client",
	"could not receive session proposal",
	"malformed protocol indicator in client proposal",
	"protocol indicator of client proposal not followed by '/'",
	"malformed protocol version in client proposal",
	"protocol version not followed by ':'",
	"unknown test proposal type",
	"malformed session proposal from client",
	"window size in client proposal is negative",
	"block size in client proposal is negative",
	"snprintf(): failed",
	"could not send TCP session reponse to client",	/* sic */
	"malformed parameters in UDP proposal",
	"could not bind a UDP socket",
	"could not open random device",
	"could not read urandom for UDP nonce",
	"could not send UDP session response to client",
	"error in quantile computation algorithm",
	"could not receive from TCP connection at the end of a UDP test",
	"malformed end of UDP test",
	"could not send final report to client",
	"could not ignore SIGPIPE",
	"getaddrinfo() failed before listen",
	"unable to start server (bind failed)",
	"listen(): failed",
	"daemon(): failed",
	"getaddrinfo(): failed in ACL add operation",
};

/* The codes that 0.9 did not have. */
#define NEW(code)	((code) - THRULAY_E_NO_EXTENSION)

static const char *const new_texts[] = {
	[NEW(THRULAY_E_NO_EXTENSION)] =
	    "peer does not support the requested extension",
	[NEW(THRULAY_E_EXTENSION)] =
	    "malformed extension message from peer",
	[NEW(THRULAY_E_AUTH)] = "authentication failed",
	[NEW(THRULAY_E_OPTION)] =
	    "invalid or contradictory option",
	[NEW(THRULAY_E_TIMEOUT)] =
	    "peer was silent for too long",
	[NEW(THRULAY_E_PREMATURE)] =
	    "every stream ended before its time",
	[NEW(THRULAY_E_NO_DATA)] =
	    "no data came back from the peer",
	[NEW(THRULAY_E_SYSTEM)] = "system call failed",
	[NEW(THRULAY_E_LISTEN)] =
	    "unable to start server (bind failed)",
	[NEW(THRULAY_E_ACL)] =
	    "invalid address or prefix in the allow list",
	[NEW(THRULAY_E_FILE)] = "could not use file",
	[NEW(THRULAY_E_INTERRUPTED)] = "interrupted before there was a result",
};

static const char *
text_of(int code, const char *const *texts, size_t count)
{
	size_t i;

	if (code == 0)
		return "no error";
	if (code > 0 || code == INT_MIN)
		return "unknown error";
	i = (size_t)-code;
	if (i >= THRULAY_E_NO_EXTENSION) {
		i = NEW(i);
		texts = new_texts;
		count = sizeof(new_texts) / sizeof(new_texts[0]);
	}
	if (i >= count || texts[i] == NULL)
		return "unknown error";
	return texts[i];
}

const char *
thrulay_client_strerror(int code)
{
	return text_of(code, client_texts,
	    sizeof(client_texts) / sizeof(client_texts[0]));
}

const char *
thrulay_server_strerror(int code)
{
	return text_of(code, server_texts,
	    sizeof(server_texts) / sizeof(server_texts[0]));
}
