# SPDX-License-Identifier: Apache-2.0
#
# Ports of loopback for servers of tests that run side by side.
#
#   my $port = Port::take();   ours until Port::leave($port), or our end
#
# They lie below those that the kernel gives to connections, which come and go
# all the time, so that a server may stop and start again on its port. A name in
# the kernel's table of sockets says which are taken: it goes with its process.
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
        # somebody else's server, which knows nothing of our marks
        next if !IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 1, ReuseAddr => 1);
        $taken{$port} = $mark;
        return $port;
    }
    die 'no port is free';
}

sub leave { my ($port) = @_; delete $taken{$port}; return }

# The kernel's own ports are 32768 and above, if nobody has changed that.
sub first {
    open my $file, '<', '/proc/sys/net/ipv4/ip_local_port_range' or return 10000;
    my ($first) = <$file> =~ /(\d+)/;
    return $first >= $range + 1024 ? $first - $range : 10000;
}

# Bound by one process at a time; a name that begins with NUL is no file.
sub mark {
    my ($port) = @_;
    socket my $mark, AF_UNIX, SOCK_DGRAM, 0 or die "socket: $!";
    return bind($mark, pack_sockaddr_un("\0introspect-test-port-$port")) ? $mark : undef;
}

1;
