/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stddef.h>
#include <stdio.h>

#include "udpst/options_table.h"

/* Lines of the original's usage text, and the releases that print them. */
enum { BOTH, ONLY_8, ONLY_9 };

struct usage {
	int		 dialect;
	const char	*text;
};

static const struct usage lines[] = {
	{ BOTH,
"\n"
"Specify '-u' or '-d' to test as a client (server parameter(s) required), else"
"\n"
"run as a server and await client test requests (server parameter optional).\n"
"\n"
"Options:\n"
"(c)    -u|-d        Test Upstream OR Downstream as client\n"
"       -4           Use only IPv4 address family (AF_INET)\n"
"       -6           Use only IPv6 address family (AF_INET6)\n"
"(c)    -C cnt[-max] Multi-connection count [Default 1 per server]\n"
"(s)    -x           Execute server as background (daemon) process\n"
"(s)    -1           Server exits after one test execution\n"
"(e)    -e           Disable suppression of socket (send/receive) errors\n"
"       -v           Enable verbose output messaging\n"
"       -s           Summary/Max output only (no sub-interval output)\n"
"       -f format    JSON output (json, jsonb [brief], jsonf [formatted])\n"
"(j)    -j           Disable jumbo datagram sizes above 1 Gbps\n"
"       -T           Use datagram sizes for traditional (1500 byte) MTU\n"
"       -D           Enable debug output messaging (requires '-v')\n"
"(m)    -X           Randomize datagram payload (else zeroes)\n"
"       -S           Show server sending rate table and exit\n" },
	{ ONLY_8,
"       -O file      Output (export) file of received load metadata\n" },
	{ ONLY_9,
"(o)    -O [+]file   Output (export) file of received load metadata\n" },
	{ BOTH,
"       -B mbps      Max bandwidth required by client OR available to server\n"
"       -r           Display loss ratio instead of delivered percentage\n" },
	{ ONLY_8,
"       -i count     Display bimodal maxima (specify initial sub-intervals)\n"
	},
	{ ONLY_9,
"(c,b)  -i [-]count  Display bimodal maxima (specify initial sub-intervals)\n"
	},
	{ BOTH,
"(c)    -o           Use One-Way Delay instead of RTT for delay variation\n" },
	{ ONLY_9,
"(m,v)  -m value     Packet marking octet (DSCP+ECN) [Default 0]\n" },
	{ BOTH,
"(c)    -R           Include Out-of-Order/Duplicate datagrams\n"
"       -a key       Authentication key (64 characters max)\n"
"(c)    -y keyid     Key ID used with authentication key [Default 0]\n"
"       -K file      Key file containing authentication keys\n" },
	{ ONLY_8,
"(m,v)  -m value     Packet marking octet (IP_TOS/IPV6_TCLASS) [Default 0]\n" },
	{ ONLY_9,
"(s)    -G file      Periodic server performance statistics (JSON)\n"
"       -n           No adjustment to sequence numbers from backpressure\n" },
	{ BOTH,
"(m,i)  -I [@]index  Index of sending rate (see '-S') [Default @0 = <Auto>]\n"
"(m)    -t time      Test interval time in seconds [Default 10, Max 3600]\n" },
	{ ONLY_8,
"(c)    -P period    Sub-interval period in seconds [Default 1]\n"
"       -p port      Default port number used for control [Default 25000]\n" },
	{ ONLY_9,
"(c)    -P period    Sub-interval period in ms [Default 1000]\n"
"       -p port      Default port number used for control [Default 24601]\n" },
	{ BOTH,
"(c)    -A algo      Rate adjustment algorithm (B - C) [Default B]\n"
"       -b buffer    Socket buffer request size (SO_SNDBUF/SO_RCVBUF)\n"
"(c)    -L delvar    Low delay variation threshold in ms [Default 30]\n"
"(c)    -U delvar    Upper delay variation threshold in ms [Default 90]\n"
"(c)    -F interval  Status feedback/trial interval in ms [Default 50]\n"
"(c)    -c thresh    Congestion slow adjustment threshold [Default 3]\n"
"(c)    -h delta     High-speed (row adjustment) delta [Default 10]\n"
"(c)    -q seqerr    Sequence error threshold [Default 10]\n"
"(c)    -E intf      Show local interface traffic rate (ex. eth0)\n"
"(c)    -M           Use local interface rate to determine maximum\n"
"(s)    -l logfile   Log file name when executing as daemon\n"
"(s)    -k logsize   Log file maximum size in KBytes [Default 1000]\n" },
	{ ONLY_9,
"(c,z)  -Z thresh    ECN CE threshold (1 - 255) [(threshold-1)/255]\n" },
	{ BOTH,
"\n"
"Parameters:\n"
"   server[:<port>]  Hostname/IP of server OR local interface IP if server\n"
"                    - Optional port number overrides configured control port\n"
"                    - Format for IPv6 address w/port number = "
"'[<IPv6>]:<port>'\n"
"Notes:\n"
"(c) = Used only by client.\n"
"(s) = Used only by server.\n"
"(e) = Suppressed due to expected errors with overloaded network interfaces.\n"
"(j) = Datagram sizes that would result in jumbo frames if available.\n"
"(m) = Used as a request by the client or a maximum by the server. Client\n"
"      requests that exceed server maximum are automatically coerced down.\n"
"(v) = Values can be specified as decimal (0 - 255) or hex (0x00 - 0xff).\n"
"(i) = Static OR starting (with '@' prefix) sending rate index.\n" },
	{ ONLY_9,
"(o) = Prefix '+' exports all metadata (not just RTT entries).\n"
"(b) = Prefix '-' suppresses rate adjustments during initial mode.\n"
"(z) = CE thresholds trigger at >0%, >0.4%, >0.8%,... >99.6%.\n" },
};

void
options_usage(const char *name, bool compat_8)
{
	size_t i;

	printf("UDP Speed Test\n"
	    "Usage: %s [option]... [server[:<port>]]...\n", name);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i].dialect != (compat_8 ? ONLY_9 : ONLY_8))
			fputs(lines[i].text, stdout);
}
