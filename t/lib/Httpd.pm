# SPDX-License-Identifier: Apache-2.0
#
# A real httpd for one scenario, in its own directory and on a free port of
# loopback. The test gives the whole configuration as text.
#
#   my $httpd = Httpd->new(mpm => 'worker', modules => ['proxy', 'proxy_http'],
#                          config => <<"END");
#   <Location /> ... </Location>
#   END
#   my $answer = $httpd->get('/x', Authorization => 'Bearer abc');
#   $answer->{status}, $answer->{body}, $answer->header('Name'), all_headers
#
# mpm: event, worker or prefork; the default is T_MPM, else event. In the
# configuration, %DIR% is the directory and %PORT% the port. httpd stops when
# the object goes out of scope. Then the error log must not have a line of ours
# at warning or above, apart from refusals and the lines named by expect_log;
# nor a crash or a sanitizer report.
package Httpd;
use strict;
use warnings;
use Cwd qw(abs_path);
use Digest::MD5 qw(md5_hex);
use File::Basename qw(dirname basename);
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use POSIX qw(:sys_wait_h);
use Port;
use Scalar::Util qw(weaken);
use Test::More;
use Time::HiRes qw(sleep time);

our $root = abs_path(dirname(__FILE__) . '/../..');
our @secrets;    # tokens and secrets of this test, which no log may contain
my $count = 0;
my @alive;       # stopped at the end, while their patterns still exist
my ($libexec) = map { chomp; $_ } `apxs -q LIBEXECDIR`;
my ($binary) = grep { -x } map { ("$_/apache2", "$_/httpd") }
    split(/:/, $ENV{PATH}), '/usr/sbin';
my @base = qw(authn_core authz_core authz_user authz_host auth_basic authn_file
    alias mime dir env setenvif socache_shmcb);

sub module { return $ENV{T_MODULE} || "$root/build/normal/mod_auth_introspect.so" }

sub free_port { return Port::take() }

sub secret { push @secrets, @_; return $_[0] }

# All except the start.
sub prepare {
    my ($class, %o) = @_;
    my $self = bless {
        mpm => $o{mpm} || $ENV{T_MPM} || 'event', expected => [],
        dir => tempdir('introspect-XXXXXX', TMPDIR => 1), port => free_port(),
        log_level => $o{log_level} || 'info auth_introspect:trace8',
    }, $class;
    my $dir = $self->{dir};
    chmod 0755, $dir;
    make_path("$dir/htdocs", "$dir/cgi", "$dir/sanitizer");
    chmod 0777, "$dir/sanitizer";
    $self->write_file('htdocs/index.html', "hello\n");
    copy($_, "$dir/cgi/") for glob("$root/t/cgi/*");
    chmod 0755, glob("$dir/cgi/*");

    my $cgi = $self->{mpm} eq 'prefork' ? 'cgi' : 'cgid';
    my @modules = ("mpm_$self->{mpm}", @base, $cgi, @{$o{modules} || []});
    my $ours = $o{load} // 'last';
    my $load = 'LoadModule auth_introspect_module "' . module() . "\"\n";
    my $text = join '', map {"LoadModule ${_}_module \"$libexec/mod_$_.so\"\n"} @modules;
    $text = $ours eq 'first' ? $load . $text : $ours eq 'none' ? $text : $text . $load;
    $text = <<"END" . $text . <<"END2" . ($o{config} || '') . "\n";
ServerRoot "$dir"
ServerName localhost
Listen 127.0.0.1:$self->{port}
DefaultRuntimeDir "$dir"
PidFile "$dir/httpd.pid"
ErrorLog "$dir/error.log"
CoreDumpDirectory "$dir/sanitizer"
LogLevel $self->{log_level}
User www-data
Group www-data
END
TypesConfig /etc/mime.types
DocumentRoot "$dir/htdocs"
ScriptAlias /cgi/ "$dir/cgi/"
Mutex file:$dir default
@{[ $cgi eq 'cgid' ? qq{ScriptSock "$dir/cgid.sock"} : '' ]}
<Directory "$dir">
    AllowOverride @{[ $o{allow_override} || 'None' ]}
    Options +ExecCGI +Includes +FollowSymLinks
    Require all granted
</Directory>
@{[ $o{limits} // "StartServers 2\nServerLimit 4" . ($self->{mpm} eq 'prefork' ? "\nMaxRequestWorkers 4" : "\nThreadsPerChild 16\nMaxRequestWorkers 64\nMinSpareThreads 16\nMaxSpareThreads 64") ]}
END2
    $text =~ s/%DIR%/$dir/g;
    $text =~ s/%PORT%/$self->{port}/g;
    $self->write_file('httpd.conf', $text);
    return $self;
}

sub new { my ($class, @options) = @_; return $class->prepare(@options)->begin }

# Start what was prepared.
sub begin {
    my ($self) = @_;
    $self->run('-k', 'start') == 0
        or die "httpd does not start: " . $self->{output} . $self->error_log;
    $self->wait_until(sub { $self->serves }, 'the start of httpd');
    $self->{pid} = $self->slurp('httpd.pid') + 0;
    push @alive, $self;
    weaken $alive[-1];
    return $self;
}

END { $_->stop for grep {defined} @alive }

# Start with a configuration that httpd must refuse, and return its message;
# undef if it starts. Configtest must refuse it too.
sub refusal {
    my ($class, %o) = @_;
    my $self = $class->prepare(%o);
    my $tested = $self->run('-t');
    my $status = $tested || $self->run('-k', 'start');
    if ($status == 0) {
        # httpd detaches before its start is complete: wait until it serves or
        # ends
        $self->wait_until(sub { $self->serves || !$self->processes }, 'the start of httpd or its end');
        $status = 1 if !$self->processes;
        $self->end_processes;
    }
    my $said = $self->{output} . $self->error_log;
    Test::More::fail("configtest passes what a start refuses: $said") if $status != 0 && $tested == 0;
    remove_tree($self->{dir});
    Port::leave($self->{port});
    $self->{ended} = 1;
    return $status == 0 ? undef : $said;
}

sub serves { my ($self) = @_; return -s "$self->{dir}/httpd.pid" && $self->connect }

# All processes of this httpd, also before and after the pid file exists: their
# command lines name its configuration file.
sub processes {
    my ($self) = @_;
    my @found;
    for my $path (glob '/proc/[0-9]*/cmdline') {
        open my $file, '<', $path or next;
        my $line = <$file> // '';
        push @found, $path =~ /(\d+)/ if index($line, "$self->{dir}/httpd.conf\0") >= 0;
    }
    return @found;
}

# No process may outlive the test. A process that does not end is killed, and
# the test fails.
sub end_processes {
    my ($self) = @_;
    my $pid = $self->{pid} || $self->slurp('httpd.pid') || 0;
    kill TERM => $pid + 0 if $pid;
    my $end = time + 30;
    sleep 0.02 while $self->processes && time < $end;
    my @left = $self->processes or return;
    kill KILL => @left;
    fail("httpd left processes behind: @left");
}

sub run {
    my ($self, @args) = @_;
    my %env = %ENV;
    local %ENV = %env;
    if ($ENV{T_PRELOAD}) {
        $ENV{LD_PRELOAD} = $ENV{T_PRELOAD};
        my $log = "log_path=$self->{dir}/sanitizer/report";
        $ENV{ASAN_OPTIONS} = "detect_leaks=0:$log:alloc_dealloc_mismatch=0";
        $ENV{UBSAN_OPTIONS} = "print_stacktrace=1:halt_on_error=1:$log";
    }
    my $command = join ' ', map {"'$_'"} $binary, '-f', "$self->{dir}/httpd.conf", @args;
    system("ulimit -c unlimited; $command > '$self->{dir}/output' 2>&1 < /dev/null");
    $self->{output} = $self->slurp('output');
    return $? >> 8 || $? & 127;
}

sub write_file {
    my ($self, $name, $text, $mode) = @_;
    my $path = "$self->{dir}/$name";
    make_path(dirname($path));
    open my $file, '>', $path or die "$path: $!";
    print $file $text;
    close $file;
    chmod $mode || 0644, $path;
    return $path;
}

sub slurp {
    my ($self, $name) = @_;
    open my $file, '<', "$self->{dir}/$name" or return '';
    local $/;
    return scalar <$file> // '';
}

sub error_log { return $_[0]->slurp('error.log') }

# Patterns of our lines at warning or above that this test causes.
sub expect_log { my ($self, @patterns) = @_; push @{$self->{expected}}, @patterns }

# The default is shorter than the 48 s after which an answer is refreshed.
sub wait_until {
    my ($self, $condition, $what, $seconds) = @_;
    my $end = time + ($seconds || 40);
    while (time < $end) {
        my $value = $condition->();
        return $value if $value;
        sleep 0.02;
    }
    fail("$what did not happen in time");
    return 0;
}

sub wait_log {
    my ($self, $pattern, $seconds) = @_;
    return $self->wait_until(sub { $self->error_log =~ $pattern }, "$pattern in the log", $seconds);
}

sub url { my ($self, $path) = @_; return "http://127.0.0.1:$self->{port}" . ($path // '/') }

sub connect {
    my ($self) = @_;
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Timeout => 5);
}

# One request on its own connection. Headers are pairs, in order.
sub request {
    my ($self, $method, $path, $body, @headers) = @_;
    my $socket = $self->connect or return Httpd::Answer->new('');
    print $socket $self->compose($method, $path, $body, @headers);
    return Httpd::Answer->new(read_all($socket));
}

sub compose {
    my ($self, $method, $path, $body, @headers) = @_;
    my $text = "$method $path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    while (@headers) {
        my ($name, $value) = splice @headers, 0, 2;
        push @secrets, $1 if $name eq 'Authorization' && $value =~ /^Bearer +(\S{8,})$/i;
        $text .= "$name: $value\r\n";
    }
    $text .= 'Content-Length: ' . length($body) . "\r\n" if defined $body;
    return "$text\r\n" . ($body // '');
}

sub get { my ($self, $path, @headers) = @_; return $self->request('GET', $path, undef, @headers) }

sub get_token { my ($self, $path, $token) = @_; return $self->get($path, Authorization => "Bearer $token") }

# The same over HTTP/2, by curl. The configuration needs the module http2 and
# "Protocols h2c http/1.1". See can_http2.
sub request2 {
    my ($self, $method, $path, $body, @headers) = @_;
    my $config = "url = \"@{[$self->url($path)]}\"\n";
    $config .= $method eq 'HEAD' ? "head\n" : "request = $method\n";
    while (@headers) {
        my ($name, $value) = splice @headers, 0, 2;
        my $field = $value eq '' ? "$name;" : "$name: $value";
        $config .= 'header = "' . $field =~ s/(["\\])/\\$1/gr . "\"\n";
    }
    $config .= "data-binary = \"$body\"\n" if defined $body;
    my $file = $self->write_file('curl.conf', $config, 0600);
    my $text = '';
    # mod_http2 resets a stream whose body is not read, and curl may see that
    # first
    for (1 .. 5) {
        $text = `curl -q -s -i --path-as-is --http2-prior-knowledge --max-time 20 -K $file 2>/dev/null`;
        last if $? >> 8 != 92;
    }
    local $?;
    return Httpd::Answer->new($text);
}

sub can_http2 { return `curl --version 2>/dev/null` =~ /\bHTTP2\b/ }

# Simultaneous GETs: a list of [path, headers...]. Returns the answers in order;
# `took` is the seconds of each.
sub parallel {
    my ($self, @requests) = @_;
    my (@answers, %open);
    my $select = IO::Select->new;
    my $start = time;
    for my $i (0 .. $#requests) {
        my ($path, @headers) = @{$requests[$i]};
        my $socket = $self->connect;
        if (!$socket) { $answers[$i] = Httpd::Answer->new(''); next }
        print $socket $self->compose('GET', $path, undef, @headers);
        $select->add($socket);
        $open{$socket} = [$i, ''];
    }
    while ($select->count) {
        my @ready = $select->can_read(100) or last;
        for my $socket (@ready) {
            my $got = sysread $socket, $open{$socket}[1], 65536, length $open{$socket}[1];
            next if $got;
            my ($i, $text) = @{delete $open{$socket}};
            $answers[$i] = Httpd::Answer->new($text);
            $answers[$i]{took} = time - $start;
            $select->remove($socket);
            close $socket;
        }
    }
    return @answers;
}

sub read_all {
    my ($socket) = @_;
    my $text = '';
    my $select = IO::Select->new($socket);
    while ($select->can_read(60) && sysread $socket, $text, 65536, length $text) { }
    return $text;
}

sub children {
    my ($self) = @_;
    my @found;
    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $file, '<', $stat or next;
        my $line = <$file> // '';
        push @found, $1 if $line =~ /^(\d+) \(.*\) [^Z] (\d+) / && $2 == $self->{pid};
    }
    return @found;
}

sub graceful {
    my ($self) = @_;
    $self->wait_log(qr/resuming normal operations/);    # the line of the start
    my $before = () = $self->error_log =~ /resuming normal operations/g;
    kill USR1 => $self->{pid};
    $self->wait_until(sub { (() = $self->error_log =~ /resuming normal operations/g) > $before },
        'the graceful restart');
}

sub stop {
    my ($self) = @_;
    return if $self->{ended}++;
    local $?;
    if ($self->{pid}) {
        sleep 0.1;
        $self->settle;
        $self->end_processes;
    }
    Port::leave($self->{port});
    $self->check_log;
    if ($ENV{T_KEEP}) { diag("kept: $self->{dir}") }
    else { remove_tree($self->{dir}) }
}

# Wait until no thread of a child was running in three looks in a row, for ten
# seconds at most. Two faults of httpd make this necessary. Its threaded MPMs,
# when they stop, close the sockets of busy workers, and crash if a worker
# releases its socket at that moment. And a child that gets SIGTERM while it
# starts runs the destructors of all libraries in a signal handler.
sub settle {
    my ($self) = @_;
    my ($end, $quiet) = (time + 10, 0);
    while ($quiet < 3 && time < $end) {
        my @threads = map { glob "/proc/$_/task/*/stat" } $self->children;
        my $busy = grep { /\) [^S] / } map { my $file; open($file, '<', $_) && <$file> // () } @threads;
        $quiet = $busy ? 0 : $quiet + 1;
        sleep 0.03;
    }
    return;
}

sub check_log {
    my ($self) = @_;
    my $log = $self->error_log;
    my @wrong;
    for my $line (split /\n/, $log) {
        next if $line =~ /:warn\].*MAI\d{4}: Refused \S+ with 40[13]: /;    # caused by clients
        my $bad = $line =~ /:(?:warn|error|crit|alert|emerg)\].*MAI\d{4}/
            || $line =~ /exit signal|AH00052|AddressSanitizer|runtime error:/;
        push @wrong, $line if $bad && !grep { $line =~ $_ } @{$self->{expected}};
    }
    if ($ENV{T_STORE_LATE} && grep {/MAI0071: .*\(The timeout specified has expired/} @wrong) {
        open my $late, '>', $ENV{T_STORE_LATE};
    }
    push @wrong, /core/ ? stacks($_) : $self->slurp("sanitizer/" . basename($_))
        for glob "$self->{dir}/sanitizer/*";
    $self->keep_log($log);
    my $builder = Test::More->builder;
    $builder->ok(0, "the error log holds what this test did not expect:\n" . join "\n", @wrong[0 .. ($#wrong > 9 ? 9 : $#wrong)]) if @wrong;
}

# The backtraces of a core dump, if gdb is installed.
sub stacks {
    my ($core) = @_;
    return `gdb -batch -ex 'thread apply all bt' '$binary' '$core' 2>/dev/null` || "a core: $core";
}

# For secrets.t, which searches all logs for secrets.
sub keep_log {
    my ($self, $log) = @_;
    my $dir = ($ENV{T_BUILD} || "$root/build/normal") . '/logs';
    make_path($dir);
    my $name = "$dir/" . basename($0, '.t') . "-$$-" . ++$count;
    for (["$name.log", join "\n", grep {/MAI\d{4}|auth_introspect/} split /\n/, $log],
        ["$name.secrets", join "\n", @secrets]) {
        open my $file, '>', $_->[0] or next;
        print $file $_->[1], "\n";
    }
}

sub DESTROY { my ($self) = @_; $self->stop if !$self->{ended} }

package Httpd::Answer;

sub new {
    my ($class, $text) = @_;
    my ($head, $body) = split /\r\n\r\n/, $text, 2;
    my ($line, @headers) = split /\r\n/, $head // '';
    my ($status) = ($line // '') =~ m{^HTTP/\S+ (\d+)};
    $body = dechunk($body) if grep {/^transfer-encoding: chunked/i} @headers;
    return bless {status => $status // 0, body => $body // '', head => $head // '',
        headers => [map { [/^([^:]+):\s*(.*)$/] } @headers]}, $class;
}

sub dechunk {
    my ($text) = @_;
    my $body = '';
    while ($text =~ s/^([0-9a-fA-F]+)[^\r\n]*\r\n//) {
        my $length = hex $1 or last;
        $body .= substr $text, 0, $length + 2, '';
        substr $body, -2, 2, '';
    }
    return $body;
}

sub all_headers { my ($self, $name) = @_; return map { $_->[1] } grep { lc $_->[0] eq lc $name } @{$self->{headers}} }

sub header { my ($self, $name) = @_; return join ' | ', $self->all_headers($name) }

1;
