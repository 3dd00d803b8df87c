# SPDX-License-Identifier: BSD-2-Clause
"""
How test_examples.py runs each example of the manual and of README: which
server it needs, what is shorter or elsewhere in a test, and what it prints.
"""

import dataclasses

# In a network that has nothing yet, and an empty folder.
PRELUDE = r"""
set -eu
ip link set lo up
for a in 10.77.0.1 10.77.0.2 192.0.2.1 192.0.2.7; do
	ip addr add $a/32 dev lo
done
mkdir etc run log spool spool/datatypes spool/msak data
chmod 777 run log spool/* data

# until_so COMMAND...: until it succeeds.
until_so()
{
	for _ in $(seq 300); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	echo "$*: never" >&2
	return 1
}

listens()
{
	cat /proc/self/net/tcp /proc/self/net/tcp6 \
	    /proc/self/net/udp /proc/self/net/udp6 2>/dev/null |
	    awk -v p="$(printf ':%04X$' "$1")" '
		$2 ~ p && ($4 == "0A" || $4 == "07") { n++ }
		END { exit !n }'
}

# port N: until somebody listens there.
port()
{
	until_so listens "$1"
}
"""

THRULAYD = "thrulayd -d 2>server & port 5003"
UDPST = "udpst >server & port 24601"
SND = "pathrate_snd -i -q & port 48699"
UDPING = "udping_server -n -l 0.0.0.0 -p 6000 -k 1 >server & port 6000"
MSAK = "msak-server 2>server & port 8080; port 1053"
CERTIFICATE = """openssl req -x509 -newkey ec -pkeyopt \
ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
-keyout privkey.pem -out fullchain.pem 2>/dev/null
"""
TOKEN_KEY = """echo '{"kty":"OKP","crv":"Ed25519","x":\
"hoc1r-9Pfk3u6F1a8x0nppL1i0MTGJmNKU69JPe20h4"}' >locate.pub
"""
# What the Locate service answers.
LOCATE = MSAK + r"""
mkdir -p v2/nearest/msak
at=//127.0.0.1:8080
cat >v2/nearest/msak/throughput1 <<END
{"results":[{"machine":"mlab1","urls":{
"ws:///throughput/v1/download":"ws:$at/throughput/v1/download?mid=m",
"ws:///throughput/v1/upload":"ws:$at/throughput/v1/upload?mid=m"}}]}
END
cat >v2/nearest/msak/latency1 <<END
{"results":[{"machine":"mlab1","urls":{
"http:///latency/v1/authorize":"http:$at/latency/v1/authorize?mid=m",
"http:///latency/v1/result":"http:$at/latency/v1/result?mid=m"}}]}
END
$PYTHON -m http.server -b 127.0.0.1 8000 >locate 2>&1 & port 8000"""
NEAREST = "-locate.url http://127.0.0.1:8000/v2/nearest/"

# udping_client sends frames to a host behind two gateways, one of which is
# not there: half of the packets are lost.
#
#	v0 --- veth --- v1 (02:00:00:00:0b:02)
#	192.0.2.7       198.51.100.9 on lo
GATEWAYS = r"""
unshare -n sleep 600 &
far=$!
in_far()
{
	nsenter -t $far -n "$@"
}
elsewhere()
{
	[ "$(readlink /proc/$far/ns/net)" != "$(readlink /proc/self/ns/net)" ]
}
until_so elsewhere
ip addr del 192.0.2.7/32 dev lo
ip link add v0 type veth peer name v1
ip link set v1 netns $far
ip addr add 192.0.2.7/24 dev v0
ip link set v0 up
ip neigh replace 192.0.2.254 lladdr 02:00:00:00:0b:02 dev v0 nud permanent
ip route add default via 192.0.2.254
in_far ip link set lo up
in_far ip addr add 198.51.100.9/32 dev lo
in_far ip link set v1 address 02:00:00:00:0b:02 up
in_far ip route add 192.0.2.0/24 dev v1
in_far udping_server -n -l 198.51.100.9 -p 6000 -k 1 >server &
until_so in_far sh -c 'cat /proc/self/net/udp | grep -q :1770'
"""

# What a statsd is sent.
STATSD = """$PYTHON -c 'import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(("::", 8125))
s.settimeout(60)
print(s.recv(65536).decode())' >statsd &
statsd=$!
port 8125
"""
PING = "port 6000; udping_client -r %s -p 6000 -l %s -s 5000 -d 5 -i 1 " \
    "-m 500 --count 50 --unprivileged"
LOCAL = ("127.0.0.1", "127.0.0.1")
SENT = PING % LOCAL + "; wait $statsd; cat statsd"
# The third probe of five and the fourth are missing.
GAP = """port 6000; $PYTHON -c '
from udping import probe, sender
with sender(5001) as s:
    for n in 0, 1, 4:
        s.sendto(probe("0123456789abcdef0001", n), ("127.0.0.1", 6000))'
until_so grep 5001 example.out; cat example.out"""


@dataclasses.dataclass
class Run:
    """
    One example: what has to be there before; what is another text in a test;
    then, which shows that it serves, when it is a server; and what one of
    these prints, as a regular expression.
    """
    before: str = ""
    says: str = ""
    swap: dict = dataclasses.field(default_factory=dict)
    then: str = ""


def pathrate(says):
    """Loopback is no narrow link, and it takes long to say so."""
    return Run(SND, says, {"pathrate_rcv": "pathrate_rcv --timeout 3"})


def thrulay(says, **swap):
    return Run(THRULAYD, says, {"-t 10": "-t 1", "-t 3": "-t 1", **swap})


def udpst(options, shorter, says, before=UDPST):
    return Run(before, says, {options: shorter})


def msak(says, before=MSAK, **swap):
    return Run(before, says, {
        "-duration 10s": "-duration 1s", "-duration 2s": "-duration 1s",
        "-matrix.cc bbr,cubic": "-matrix.cc cubic,reno -duration 1s",
        **swap})


NUMBER = r"\d[\d.e+]*"
NUMBERS = rf"\A{NUMBER}\n{NUMBER}\n\Z"
TOTAL = r"(?m)^#\(\*\*\) "
MAXIMUM = r"(?m)^Downstream Maximum Mbps\(L3/IP\): \d"
CAPACITY = r"Final capacity estimate :"
BOTH = r"(?s)download rate: .*upload rate: "
LOADED = r"(?s)download rate: .*loaded"
RECORD = r'"from_port"'
NETWORKS = "--allow 192.0.2.0/24 --allow 2001:db8::/32"
JSON = {"-json": f"-json -duration 1s -locate.scheme ws {NEAREST}"}

RUNS = {
    # generate-schema(1)
    "generate-schema -throughput1 throughput1.json -latency1 latency1.json":
        Run(says=r'"MeasurementID"(?s:.*)"ID"', swap={
            " latency1.json": " latency1.json && cat *t1.json *y1.json"}),
    "msak-server -schema throughput1":
        Run(says='"MeasurementID"'),

    # minimal-download(1)
    "minimal-download -duration 1s -server.url "
    "ws://localhost:8080/throughput/v1/download":
        msak("Download total average:", **{"download": "download 2>&1"}),
    "minimal-download -json | jq '.result.total.rate_bps / 1e6'":
        Run(LOCATE, rf"\A{NUMBER}\n\Z", JSON),
    "minimal-download -bytes 10_000_000 -cc cubic":
        Run(LOCATE, "Download total average:", {
            "cubic": f"cubic -locate.scheme ws {NEAREST} 2>&1"}),

    # msak-client(1)
    "msak-client":
        Run(LOCATE, BOTH, {
            "msak-client": f"msak-client {NEAREST} -scheme ws -duration 1s"
        }),
    "msak-client -server localhost:8080 -scheme ws -duration 2s -streams 1":
        msak(BOTH),
    "msak-client -server host:8080 -scheme ws -latency -duration 10s":
        msak(LOADED),
    "msak-client -server host:8080 -scheme ws -upload=false -json "
    "-matrix.streams 1,2,3 -matrix.cc bbr,cubic | "
    "jq -r '.matrix[] | [.streams, .cc, .result.download.rate_bps] | @tsv'":
        msak(rf"\A([123]\t(cubic|reno)\t({NUMBER})?\n){{6}}\Z"),
    "msak-client -server host:8080 -scheme ws -upload=false -quiet -latency "
    "-matrix.streams 1,2,3 -matrix.cc bbr,cubic":
        msak(r"(?m)^Matrix .*\n.*loaded\n +1 +cubic "),
    "msak-client -server host -streams 1 -bytes 150000":
        Run(CERTIFICATE + "msak-server -cert fullchain.pem -key privkey.pem "
            "-wss_addr :443 & port 443", BOTH, {"host": "host -no-verify"}),

    # msak-latency(1)
    "msak-latency":
        Run(LOCATE, "", {"msak-latency": f"msak-latency {NEAREST}"}),
    "msak-latency -server localhost:8080 -mid test1":
        Run(MSAK, ""),
    "msak-latency -server host:8080 -mid test1 -json | "
    "jq .result.latency.rtt_ms.p50":
        Run(MSAK, rf"\A{NUMBER}\n\Z"),

    # msak-server(8), msak(7)
    "msak-server -datadir /var/spool/msak":
        Run(then="port 8080; msak-client -server 127.0.0.1:8080 -scheme ws "
            "-duration 1s -upload=false; "
            "until_so grep -rq MeasurementID spool/msak; "
            "find spool/msak -type f",
            says="throughput1-download-"),
    "msak-server -cert fullchain.pem -key privkey.pem -wss_addr :443 "
    "-datadir /var/spool/msak -user msak -allow 192.0.2.0/24 "
    "-allow 2001:db8::/32":
        Run(CERTIFICATE, BOTH, {"-user msak": "-user nobody"},
            "port 443; msak-client -server 192.0.2.7 -no-verify "
            "-duration 1s"),
    "msak-server -cert fullchain.pem -key privkey.pem -token.verify "
    "-token.verify-key locate.pub -token.machine mlab1-abc0t.example.net "
    "-txcontroller.device eth0 -txcontroller.max-rate 8_000_000_000":
        Run(CERTIFICATE + TOKEN_KEY, r"\A40[13]\Z", {"eth0": "lo"},
            "port 4443; curl -sk -o page -w '%{http_code}' "
            "'https://127.0.0.1:4443/throughput/v1/download?mid=m'"),
    "msak-server -prometheusx.listen-address 127.0.0.1:9990":
        Run(then="port 9990; curl -s http://127.0.0.1:9990/metrics",
            says=r"(?m)^msak_connections \d"),
    "find data -name '*.json' -exec "
    "jq -c 'select(.MeasurementID == \"abc\")' {} +":
        Run(MSAK + "; msak-client -server 127.0.0.1:8080 -scheme ws -mid abc "
            "-duration 1s -upload=false; "
            "until_so grep -rq abc data", '"MeasurementID":"abc"'),
    "msak-client -server host:8080 -scheme ws -latency":
        msak(LOADED, **{"-latency": "-latency -duration 1s"}),
    "msak-client -server host:8080 -scheme ws -upload=false -quiet "
    "-matrix.streams 1,2,4 -duration 10s":
        msak(r"(?m)^Matrix .*\n.*\n +1 "),

    # pathrate_rcv(1), pathrate_snd(8)
    "pathrate_rcv -q -N results.ulm -s sender.example.net":
        Run(SND, "DATE=", {
            "pathrate_rcv": "pathrate_rcv --timeout 3",
            "sender.example.net": "sender.example.net && cat results.ulm"}),
    "pathrate_rcv --json -s sender.example.net | jq -r .result.verdict":
        pathrate(r"\A[a-z-]+\n\Z"),
    "pathrate_rcv --classic -v -s sender.example.net":
        pathrate("Train length: 2 ->"),
    "pathrate_rcv --classic --replay run.jsonl":
        Run("cp $top_srcdir/tests/vectors/pathrate/"
            "replay-quick-10mbit-x50.jsonl run.jsonl", CAPACITY),
    "pathrate_snd":
        Run(then="port 48699; pathrate_rcv --timeout 3 -s 127.0.0.1",
            says=CAPACITY),
    "pathrate_snd --daemon --syslog --pidfile /run/pathrate_snd.pid "
    f"{NETWORKS}":
        Run(then="port 48699; pathrate_rcv --timeout 3 -s 192.0.2.7",
            says=CAPACITY),

    # thrulay(1), thrulayd(8)
    "thrulay -v -v -t 3 server.example.net":
        thrulay(TOTAL),
    "thrulay -t 3 -u 10M server.example.net":
        thrulay(r"(?m)^Reordering:"),
    "thrulay -t 10 --json host | "
    "jq .result.forward.rtt_ms.p50,.result.forward.rtt_added_ms":
        thrulay(NUMBERS),
    "thrulayd -d -a 192.0.2.0/24 -a 2001:db8::/32":
        Run(then="port 5003; thrulay -t 1 192.0.2.7", says=TOTAL),
    "install -m 600 /dev/null /etc/thrulay.keys":
        Run(),
    'echo "alice $(openssl rand -hex 24)" > /etc/thrulay.keys':
        Run(says=r"\Aalice [0-9a-f]{48}\n", swap={
            "thrulay.keys": "thrulay.keys && cat etc/thrulay.keys"}),
    "thrulayd --auth-file /etc/thrulay.keys --require-auth --max-rate 1G":
        Run('install -m 600 /dev/null etc/thrulay.keys; '
            'echo "alice 0123456789abcdef0123456789" >etc/thrulay.keys',
            TOTAL, then="port 5003; thrulay -t 1 --auth-file etc/thrulay.keys "
            "127.0.0.1"),

    # plumbline(7); what it has in common with others is there
    "thrulay -t 10 host":
        thrulay(TOTAL),
    "udpst -d host":
        udpst("-d", "-d --duration 1", MAXIMUM),
    "udpst -u host":
        udpst("-u", "-u --duration 1", r"(?m)^Upstream Maximum"),
    "pathrate_rcv -s host":
        pathrate(CAPACITY),

    # udping_client(8), udping_server(8)
    "udping_client -r far.example.net -p 6000 -d 10 -l 192.0.2.7 "
    "-s 5000-5063 -i 60 -m 500":
        Run(GATEWAYS, RECORD, {
            "far.example.net": "198.51.100.9", "-i 60": "-i 1 --count 200",
            "-m 500": "-m 500; until_so grep from_port server; cat server"}),
    "udping_client -r far.example.net -p 6000 -d 10 -l 192.0.2.7 -s 5000 "
    "-n 64 -i 60 -m 500 -a 02:00:00:00:0b:02,02:00:00:00:0b:03 --duration 10m":
        Run(GATEWAYS, RECORD, {
            "far.example.net": "198.51.100.9", "-i 60": "-i 1",
            "10m": "1s; until_so grep from_port server; cat server"}),
    "udping_server -l 192.0.2.1 -p 6000 -k 2 -s localhost:8125 -q":
        Run(STATSD, r"\|", then=PING % ("192.0.2.1", "192.0.2.1") +
            "; wait $statsd; cat statsd"),
    "udping_server -l 0.0.0.0 -p 6000 -k 2 --json-lines "
    "--prometheus 127.0.0.1:9100":
        Run(then=PING % LOCAL + "; until_so grep from_port example.out; "
            "curl -s http://127.0.0.1:9100/metrics",
            says=r"(?m)^udping_packets_total 50$"),

    # udpst(1)
    f"udpst -x -l /var/log/udpst.log --user nobody {NETWORKS}":
        Run(then="port 24601; udpst -d --duration 1 192.0.2.7", says=MAXIMUM),
    "udpst -d server.example.net":
        udpst("-d", "-d --duration 1", MAXIMUM),
    "udpst -d --probe server.example.net":
        Run(UDPST, "reachable: protocol 20"),
    "udpst -u -C 2-4 --json server.example.net | "
    "jq .Output.AtMax.MaxIPLayerCapacity":
        udpst("-u", "-u --duration 1", rf"\A{NUMBER}\n\Z"),
    "udpst -d --duration 3 -I 50 --dscp EF --csv trace.csv "
    "server.example.net":
        Run(UDPST, r"(?s)Downstream Maximum.*trace.csv", {
            "--duration 3": "--duration 1",
            "server.example.net": "server.example.net && wc -l trace.csv"}),
    "udpst -d -i 3 server.example.net":
        udpst("-i 3", "-i 1 --duration 2", r"Downstream Max\[2-2\] "),
    "udpst -d -K /etc/udpst.keys -y 5 server.example.net":
        udpst("-y 5", "-y 5 --duration 1", MAXIMUM,
              "echo '5,some secret' >etc/udpst.keys; "
              "udpst -K etc/udpst.keys >server & port 24601"),
    "PLUMBLINE_UDPST_COMPAT=8 udpst -u -P 2 -t 20 server.example.net":
        udpst("-P 2 -t 20", "-P 1 --duration 2", r"(?m)^Upstream Maximum"),

    # README
    "thrulayd":
        Run(then="port 5003; thrulay -t 1 10.77.0.2", says=TOTAL),
    "thrulay -t 3 10.77.0.2":
        thrulay(TOTAL),
    "thrulay -t 3 -u 10M 10.77.0.2":
        thrulay(r"(?m)^Reordering:"),

    "udpst":
        Run(then="port 24601; udpst -d --probe 10.77.0.2", says="reachable"),
    "udpst -d --probe 10.77.0.2":
        Run(UDPST, r"(?m)^10.77.0.2:24601 reachable: protocol 20, "),
    "udpst -d -t 5 10.77.0.2":
        udpst("-t 5", "--duration 1", MAXIMUM),

    "msak-server":
        Run(then="port 8080; msak-client -server 127.0.0.1:8080 -scheme ws "
            "-duration 1s", says=BOTH),
    "msak-client -server 10.77.0.2:8080 -scheme ws -duration 2s":
        msak(BOTH),
    "msak-server -page /usr/local/share/plumbline/msak.html":
        Run(then="port 8080; curl -s http://10.77.0.2:8080/", says="<title>",
            swap={"/usr/local": "$top_srcdir"}),

    "pathrate_snd -i":
        Run(then="port 48699; pathrate_rcv --timeout 3 -s 10.77.0.1",
            says=CAPACITY),
    "pathrate_rcv -s 10.77.0.1":
        pathrate(CAPACITY),

    "udping_server -l 0.0.0.0 -p 6000 -k 2":
        Run(then=PING % LOCAL + "; until_so grep from_port example.out; "
            "cat example.out", says=RECORD),
    "udping_client -r 10.77.0.2 -p 6000 -l 10.77.0.1 -s 5000-5003 -d 100 "
    "-i 60 -m 1400":
        Run(UDPING, RECORD, {
            "-d 100": "-d 10", "-i 60": "-i 1 --count 100",
            "-m 1400": "-m 1400; until_so grep from_port server; cat server"}),

    # Figures for scripts
    "thrulay -t 3 --json 10.77.0.2 | "
    "jq '.result.forward | .rate_bps / 1e6, .rtt_added_ms'":
        thrulay(NUMBERS),
    "thrulay -t 3 --json-lines 10.77.0.2 | jq -r --unbuffered "
    "'select(.event == \"interval\") | [.end_s, .rate_bps, .rtt_ms.p50] "
    "| @tsv'":
        thrulay(rf"\A({NUMBER}\t{NUMBER}\t{NUMBER}\n)+\Z"),
    "udpst -d -t 5 --json 10.77.0.2 | "
    "jq -c '.Output.AtMax | [.MaxIPLayerCapacity, .TimeOfMax]'":
        udpst("-t 5", "--duration 1", rf'\A\[{NUMBER},"20\d\d-[^"]*"\]\n\Z'),
    "msak-client -server 10.77.0.2:8080 -scheme ws -duration 2s -json | "
    "jq -r '.result | [.download.rate_bps, .upload.rate_bps] | @csv'":
        msak(rf"\A{NUMBER},{NUMBER}\n\Z"),
    "pathrate_rcv --json -s 10.77.0.1 | "
    "jq -r '.result | \"\\(.low_bps) to \\(.high_bps) bit/s, "
    "\\(.verdict)\"'":
        pathrate(rf"\A{NUMBER} to {NUMBER} bit/s, [a-z-]+\n\Z"),
    "udping_server -l 0.0.0.0 -p 6000 -k 2 --json-lines | "
    "jq -c --unbuffered 'select(.event == \"record\" and .lost > 0) | "
    "[.start, .from_host, .from_port, .lost, .expected]'":
        Run(then=GAP, says=r'"\d{4}-.*Z","\w+",5001,2,5\]'),
    "thrulay -t 3 --json 10.77.0.2 | "
    "jq -e '.error == null and .result.forward.rate_bps > 50e6' || "
    "echo 'TCP is slow today'":
        thrulay(r"\A(true|false\nTCP is slow today)\n\Z"),

    # Figures for monitoring
    "msak-server -prometheusx.listen-address 10.77.0.2:9990":
        Run(then="port 9990; curl -s http://10.77.0.2:9990/metrics",
            says=r"(?m)^msak_connections \d"),
    "udping_server -l 0.0.0.0 -p 6000 -k 2 -q --prometheus 10.77.0.2:9100":
        Run(then=PING % LOCAL + "; until_so sh -c 'curl -s "
            "http://10.77.0.2:9100/metrics | grep -q packets_total.50'",
            says="packets_sent: 50"),
    "curl -s http://10.77.0.2:9100/metrics":
        Run(UDPING.replace("-n", "-n --prometheus 10.77.0.2:9100") +
            "; port 9100", r"(?m)^udping_expected_total 0$"),
    "udpst --prometheus /var/lib/prometheus/node-exporter/udpst.prom":
        Run(then="port 24601; udpst -d --duration 1 127.0.0.1 >/dev/null; "
            "until_so grep . run/udpst.prom; cat run/udpst.prom",
            says=r"(?m)^udpst_\w+[ {]"),
    "thrulay -t 3 --json 10.77.0.2 | jq -r '.result.forward | "
    "\"thrulay_rate_bps \\(.rate_bps)\", \"thrulay_rtt_ms \\(.rtt_ms.p50)\"' "
    ">thrulay.new && mv thrulay.new thrulay.prom":
        thrulay(rf"\Athrulay_rate_bps {NUMBER}\nthrulay_rtt_ms {NUMBER}\n\Z",
                **{"thrulay.prom": "thrulay.prom && cat thrulay.prom"}),
    "udping_server -l 0.0.0.0 -p 6000 -k 2 -q -t localhost:8125":
        Run(STATSD, r"(?m)^udping.*,.*\|", then=SENT),
}

# msak(7) makes a token in steps, each of which needs those before: what comes
# behind it in a test, and what that prints.
TOKEN_SERVER = "msak-server -token.verify -token.verify-key key.pub " \
    "-token.machine host"
TOKEN = [
    ("b64() { basenc --base64url -w0 | tr -d =; }",
     r"printf '\373\377' | b64", r"\A-_8\Z"),
    ("openssl genpkey -algorithm ed25519 -out key.pem",
     "cat key.pem", "BEGIN PRIVATE KEY"),
    ("x=$(openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | b64)",
     "echo $x", r"\A[\w-]{43}\n\Z"),
    ("""echo '{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"'$x'"}' >key.pub""",
     "cat key.pub", r'"x":"[\w-]{43}"}\n\Z'),
    ("""printf '{"alg":"EdDSA","kid":"k1"}' | b64 >t""",
     "cat t", r"\Aey\w+\Z"),
    ("printf . >>t",
     "cat t", r"\Aey\w+\.\Z"),
    ("""printf '{"iss":"locate","aud":"host","jti":"id","exp":%d}' """
     "$(($(date +%s) + 3600)) | b64 >>t",
     "cat t", r"\Aey\w+\.ey[\w-]+\Z"),
    ("token=$(cat t).$(openssl pkeyutl -sign -inkey key.pem -rawin -in t | "
     "b64)",
     "echo $token", r"\A(ey[\w-]+\.){2}[\w-]{86}\n\Z"),
]
THIS_HOST = {"machine host": 'machine "host"', "//host:": "//127.0.0.1:",
             "download -server": "download -duration 1s -server"}
for n, (command, behind, says) in enumerate(TOKEN):
    RUNS[command] = Run("\n".join(step[0] for step in TOKEN[:n]), says,
                          {command: command + "\n" + behind})
TOKEN_MADE = "\n".join(step[0] for step in TOKEN) + "\n"
RUNS[TOKEN_SERVER] = Run(
    TOKEN_MADE, r"\A401200\Z", THIS_HOST,
    "port 8080; for with in '' \"&access_token=$token\"; do curl -s -o page "
    "-w '%{http_code}' \"http://127.0.0.1:8080/latency/v1/authorize?mid=m$with"
    "\"; done")
RUNS['minimal-download -server.url '
       '"ws://host:8080/throughput/v1/download?access_token=$token"'] = Run(
    TOKEN_MADE + TOKEN_SERVER.replace("host", '"host"') + " 2>server & "
    "port 8080", "Download total average:",
    {**THIS_HOST, '$token"': '$token" 2>&1'})
