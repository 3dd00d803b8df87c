# SPDX-License-Identifier: BSD-2-Clause
# Untested.
class Plumbline < Formula
  desc "Network measurement tools: thrulay, udpst, msak, pathrate, udping"
  homepage "https://plumbline.example/"
  url "https://plumbline.example/releases/plumbline-0.1.0.tar.xz"
  # sha256 of the release goes here
  license "BSD-2-Clause"

  depends_on "pkgconf" => :build
  depends_on "jansson"
  depends_on "openssl@3"

  on_linux do
    depends_on "libbsd"
    depends_on "libmd"
  end

  def install
    system "./configure", "--without-cmocka", *std_configure_args
    system "make", "install"
  end

  def caveats
    <<~EOS
      udping_client sends frames as root only; otherwise it uses ordinary
      sockets.
    EOS
  end

  test do
    port = free_port
    pid = spawn sbin/"thrulayd", "-d", "-p", port.to_s, "--bind", "127.0.0.1"
    sleep 1
    output = shell_output("#{bin}/thrulay -t 1 -p #{port} 127.0.0.1")
    assert_match(/^#\(\*\*\)/, output)
  ensure
    Process.kill "TERM", pid
    Process.wait pid
  end
end
