# SPDX-License-Identifier: Apache-2.0
#
# A store that several machines share, for a test: a real Redis or memcached on
# loopback in its own directory, or a port that only pretends to be one.
#
#   my $store = Store->new('redis');       or 'memcache'; then a port, options
#   $store->missing                        the reason why it cannot run, or undef
#   $store->module, $store->text           'socache_redis', 'redis:127.0.0.1:PORT'
#   $store->stop, $store->start            on the same port
#   $store->entries                        the number of values now; some expire
#   $store->written                        the number of writes since its start
#   $store->redis('GET', $key)             the reply's bytes, or a list of them
#   my $heard = $store->monitor            $heard->(): all reads and writes since
#                                          then, [client, 'get', name] each
#   my $sentinel = Store->sentinel(NAME => PORT)   for the Redis on this port
#   my $port = Store->silent('redis')      accepts connections and sends nothing
#   my $port = Store->babbling('redis')    answers everything with garbage
#   $port->connections                     the number of connections so far
#   my $store = $port->replaced            a real store on this port; earlier
#                                          connections stay open and silent
#   Store::patiently()      call it first: repeats this test if the machine was
#                           too busy for the store to answer in time
#
# A store stops when its object goes out of scope.
package Store;
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use Port;
use POSIX ();
use Time::HiRes qw(sleep time);

# For an httpd with a store: a place that remembers, and one that always asks.
our $places = <<'END';
<Location />
    AuthType Introspect
    Require valid-user
</Location>
<Location /fresh>
    IntrospectMaxAge 0
</Location>
Alias /fresh %DIR%/htdocs
END

my %programs = (redis => 'redis-server', memcache => 'memcached');

# The module stops using a store that takes longer than 250 ms. On a busy
# machine a healthy store may be that late, and the result of the test is
# meaningless. If the log shows such a timeout, and a process that only sleeps
# was late too, the test is run again, four times in all at most.
sub patiently {
    return if $ENV{T_STORE_LATE};
    my $dir = tempdir('introspect-late-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    my ($said, $status);
    my $begun = time;
    for (1 .. 4) {
        unlink glob "$dir/*";
        my $pulse = pulse("$dir/machine");
        {
            local $ENV{T_STORE_LATE} = "$dir/store";
            $said = `'$^X' @{[map {"'-I$_'"} @INC]} '$0' 2>&1`;
        }
        $status = $?;
        kill KILL => $pulse;
        waitpid $pulse, 0;
        last if $status == 0 || !-e "$dir/store" || !-e "$dir/machine" || time - $begun > 100;    # of 300
    }
    print $said;
    print STDERR grep {/^\s*#/} split /^/, $said if $status != 0;    # where a harness looks
    exit($status >> 8 || $status & 127);
}

# A process that creates this file if it wakes late. Between the module and a
# store behind stunnel three processes have to wake, so late is soon.
sub pulse {
    my ($file) = @_;
    my $parent = $$;
    my $pid = fork // die $!;
    return $pid if $pid;
    while (getppid == $parent) {
        my $due = time + 0.01;
        sleep 0.01;
        next if time - $due < 0.05;
        open my $late, '>', $file;
    }
    POSIX::_exit(0);
}

sub new {
    my ($class, $kind, $port, @options) = @_;
    my $self = bless {kind => $kind, options => \@options, dir => tempdir('introspect-store-XXXXXX', TMPDIR => 1, CLEANUP => 1)}, $class;
    ($self->{program}) = grep {-x} map {"$_/$programs{$kind}"} split(/:/, $ENV{PATH}), '/usr/sbin', '/usr/bin';
    $self->{port} = $port // free_port();
    $self->start if !$self->missing;
    return $self;
}

sub missing { my ($self) = @_; return $self->{program} ? undef : "$programs{$self->{kind}} is not installed" }

sub module { my ($self) = @_; return "socache_$self->{kind}" }

sub text { my ($self) = @_; return "$self->{kind}:127.0.0.1:$self->{port}" }

sub free_port { return Port::take() }

sub connect { my ($self) = @_; return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Timeout => 5) }

sub start {
    my ($self) = @_;
    my @words = $self->{kind} eq 'redis'
        ? ('--port', $self->{port}, '--bind', '127.0.0.1', '--save', '', '--dir', $self->{dir}, @{$self->{options}})
        : ('-u', 'nobody', '-l', '127.0.0.1', '-p', $self->{port});
    @words = @{$self->{words}} if $self->{words};
    $self->{pid} = fork // die "fork: $!";
    if (!$self->{pid}) {
        open STDOUT, '>', '/dev/null';
        exec {$self->{program}} $self->{program}, @words or POSIX::_exit(1);
    }
    my $end = time + 20;
    until ($self->connect) {
        die "$self->{program} does not start" if time > $end || waitpid $self->{pid}, POSIX::WNOHANG;
        sleep 0.02;
    }
    return $self;
}

# @lines are added to its configuration. The quorum is one Sentinel.
sub sentinel {
    my ($class, $name, $primary, @lines) = @_;
    my $self = bless {kind => 'redis', options => [], dir => tempdir('introspect-sentinel-XXXXXX', TMPDIR => 1, CLEANUP => 1), port => free_port()}, $class;
    ($self->{program}) = grep {-x} map {"$_/redis-server"} split(/:/, $ENV{PATH}), '/usr/bin';
    my ($password) = map { /^requirepass (.*)/ } @lines;
    $self->{password} = $password;
    open my $out, '>', "$self->{dir}/sentinel.conf" or die $!;
    print $out map {"$_\n"} "port $self->{port}", 'bind 127.0.0.1', "dir $self->{dir}", "sentinel monitor $name 127.0.0.1 $primary 1",
        "sentinel down-after-milliseconds $name 500", "sentinel failover-timeout $name 3000", @lines;
    close $out;
    $self->{words} = ["$self->{dir}/sentinel.conf", '--sentinel'];
    return $self->start;
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    local $?;
    kill KILL => $pid;
    waitpid $pid, 0;
    return;
}

sub DESTROY { my ($self) = @_; $self->stop }

# Commands then go to this database.
sub in_database { my ($self, $number) = @_; $self->{database} = $number; return $self }

# One command. A missing value is undef.
sub redis {
    my ($self, @words) = @_;
    my $socket = $self->connect or die "no Redis: $!";
    for my $before ($self->{password} ? ['AUTH', $self->{password}] : (), $self->{database} ? ['SELECT', $self->{database}] : ()) {
        send_to($socket, @$before);
        reply($socket);
    }
    send_to($socket, @words);
    return reply($socket);
}

sub send_to {
    my ($socket, @words) = @_;
    print $socket '*' . @words . "\r\n" . join '', map { '$' . length($_) . "\r\n$_\r\n" } @words;
    return;
}

sub reply {
    my ($socket) = @_;
    local $/ = "\r\n";
    defined(my $line = <$socket>) or die 'Redis is gone';
    chomp $line;
    my ($type, $rest) = $line =~ /^(.)(.*)/;
    die "Redis: $rest" if $type eq '-';
    return $rest if $type ne '*' && $type ne '$';
    return undef if $rest < 0;
    return map { scalar reply($socket) } 1 .. $rest if $type eq '*';
    read $socket, my $bytes, $rest + 2;
    return substr $bytes, 0, $rest;
}

# The number of values now.
sub entries {
    my ($self) = @_;
    return scalar $self->redis('DBSIZE') if $self->{kind} eq 'redis';
    return $self->stat('curr_items');
}

# The number of writes. The number of entries says less, since some expire.
sub written {
    my ($self) = @_;
    return $self->redis('INFO', 'commandstats') =~ /^cmdstat_set:calls=(\d+)/m ? $1 : 0 if $self->{kind} eq 'redis';
    return $self->stat('cmd_set');
}

sub monitor {
    my ($self) = @_;
    my $socket = $self->connect or die "no Redis: $!";
    send_to($socket, 'MONITOR');
    my ($select, $text, @heard) = (IO::Select->new($socket), '');
    return sub {
        while ($select->can_read(0)) { sysread $socket, $text, 65536, length $text or last }
        while ($text =~ s/^(.*)\r\n//) {
            my $line = $1;
            push @heard, [$1, lc $2, $3] if $line =~ /^\+\S+ \[\d+ (\S+)\] "(get|set)" "([^"]*)"/i;
        }
        return @heard;
    };
}

sub stat {
    my ($self, $name) = @_;
    my $socket = $self->connect or die 'no memcached';
    print $socket "stats\r\n";
    while (<$socket>) { return $1 if /^STAT $name (\d+)/ }
    die 'memcached is gone';
}

# All values in Redis, by name.
sub contents { my ($self) = @_; return map { $_ => scalar $self->redis('GET', $_) } $self->redis('KEYS', '*') }

# Write other values; their expiry stays.
sub replace { my ($self, %values) = @_; $self->redis('SET', $_, $values{$_}, 'KEEPTTL') for keys %values; return }

sub silent { my ($class, $kind) = @_; return Store::Port->new($kind) }

sub babbling { my ($class, $kind) = @_; return Store::Port->new($kind)->babble }

package Store::Port;
our @ISA = ('Store');

sub new {
    my ($class, $kind) = @_;
    my $port = Port::take();
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 256, ReuseAddr => 1) or die "no port: $!";
    return bless {kind => $kind, listener => $listener, port => $port, kept => []}, $class;
}

# Accepts the pending connections, which stay open and silent.
sub connections {
    my ($self) = @_;
    my $select = IO::Select->new($self->{listener});
    while ($select->can_read(0)) { push @{$self->{kept}}, scalar $self->{listener}->accept }
    return scalar @{$self->{kept}};
}

# As if the machine had vanished and another had taken its address.
sub replaced {
    my ($self) = @_;
    $self->connections;
    close $self->{listener};
    return Store->new($self->{kind}, $self->{port});
}

sub babble {
    my ($self) = @_;
    $self->{pid} = fork // die "fork: $!";
    return $self if $self->{pid};
    $SIG{PIPE} = 'IGNORE';
    my $select = IO::Select->new($self->{listener});
    my @nonsense = ("\$99999999999\r\nabc", "VALUE x 0 -5\r\n\r\n", "\$-7\r\n", "*2147483647\r\n", "*1\r\n" x 12, "-\r\n", "\0\r\n", ":\r\n\r\n", 'x' x 70000 . "\r\n", "\$5\r\nab");
    my $turn = 0;
    while (my @ready = $select->can_read) {
        for my $socket (@ready) {
            if ($socket == $self->{listener}) { $select->add($socket->accept); next }
            if (sysread $socket, my $text, 65536) { syswrite $socket, $nonsense[$turn++ % @nonsense] }
            $select->remove($socket);
            close $socket;
        }
    }
    POSIX::_exit(0);
}

1;
