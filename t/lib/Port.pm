# SPDX-License-Identifier: Apache-2.0
#
# Loopback ports for the servers of tests that run in parallel.
#
#   my $port = Port::take();   reserved until Port::leave($port) or process end
#
# The ports are below the kernel's range for outgoing connections, so that a
# server can stop and start again on its port. An abstract Unix socket marks a
# reserved port; the kernel removes it with its process.
package Port;
use strict;
use warnings;
use IO::Socket::INET;
use Socket;

my $range = 16384;
my %taken;

sub take {
    for (1 .. 1000) {
        my $port = first() + int rand $range;
        my $mark = mark($port) or next;
        # another program's server, without a mark
        next if !IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 1, ReuseAddr => 1);
        $taken{$port} = $mark;
        return $port;
    }
    die 'no port is free';
}

sub leave { my ($port) = @_; delete $taken{$port}; return }

# The kernel's range usually begins at 32768.
sub first {
    open my $file, '<', '/proc/sys/net/ipv4/ip_local_port_range' or return 10000;
    my ($first) = <$file> =~ /(\d+)/;
    return $first >= $range + 1024 ? $first - $range : 10000;
}

# Only one process can bind it. A name that begins with NUL is not a file.
sub mark {
    my ($port) = @_;
    socket my $mark, AF_UNIX, SOCK_DGRAM, 0 or die "socket: $!";
    return bind($mark, pack_sockaddr_un("\0introspect-test-port-$port")) ? $mark : undef;
}

1;
