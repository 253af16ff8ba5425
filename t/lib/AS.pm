# SPDX-License-Identifier: Apache-2.0
#
# A scripted authorization server on loopback, in its own process.
#
#   my $as = AS->new;                      tls => 'good' | 'expired' | 'wrong-name'
#   $as->token(abc => {sub => 'alice', scope => 'read'});   active: true is added
#   $as->answer(abc => {status => 500, type => .., body => .., delay => seconds})
#                           form => 'NAME=VALUE': a question without it gets 401
#   $as->all({...})         the answer for every other token
#   $as->credentials('Basic ...')   the only Authorization to accept; '': any
#   $as->fault('hang')      for every request, until fault('')
#   $as->url, $as->calls, $as->calls('abc'), $as->requests, $as->connections,
#   $as->resumed            connections that resumed a TLS session
#   $as->peak               the maximum of simultaneous requests
#   $as->stop, $as->start   on the same port
#
# Options of new:
#
#   client_ca    request a client certificate (see demand below)
#   host, port   where to listen; default: a free port of 127.0.0.1. ::1 works
#   socket => 1  listen on a Unix domain socket
#   name         the host name in its URL
#   tls_version  'TLSv1_2': this version only
#   in_time => 1 config() leaves IntrospectTimeout to the test
#
# Faults: hang, hang_tls, slow_tls, dribble, close, cut, short, chunked,
# endless, continue, html, once (closes after each answer), slow (0.3 s), twice
# (sends each answer twice), raw:BYTES; members:N and deep:N (an active token
# with N further members, or N nested arrays); instead:JSON (this answer, as
# with answer(), to every question); kept (closes a kept-alive connection at its
# next question); limit:N (429 above N questions a second), small:N (503 above N
# simultaneous questions).
package AS;
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::IP;
use IO::Socket::UNIX;
use JSON::PP;
use Port;
use Socket;
use Time::HiRes qw(time sleep);

my $json = JSON::PP->new->canonical->ascii->allow_nonref;

sub new {
    my ($class, %o) = @_;
    my $self = bless {host => '127.0.0.1', port => 0, path => '/introspect', %o}, $class;
    $self->{dir} = tempdir('introspect-as-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    chmod 0755, $self->{dir};    # httpd's User reads the CA file
    if ($self->{tls}) {
        require IO::Socket::SSL;    # here: loading it within a handshake takes too long
        make_certificates($self->{dir});
    }
    $self->{credentials} //= 'Basic cnM6cnMtc2VjcmV0LTE=';    # rs:rs-secret-1
    return $self->start;
}

# @urls: other endpoints than its own.
sub config {
    my ($self, @urls) = @_;
    return "IntrospectEndpoint @{[@urls ? @urls : $self->url]}\nIntrospectClientID rs\n"
        . "IntrospectClientSecret rs-secret-1\n" . $self->times;
}

# This server does one TLS handshake after the other, which may take seconds on
# a busy machine.
sub times { my ($self) = @_; return $self->{tls} && !$self->{in_time} ? "IntrospectTimeout 60s 60s\n" : '' }

sub base {
    my ($self) = @_;
    return "unix:$self->{dir}/as.sock|http://localhost" if $self->{socket};
    my $host = $self->{name} || $self->{host};
    $host = "[$host]" if $host =~ /:/;
    return ($self->{tls} ? 'https' : 'http') . "://$host:$self->{port}";
}

sub url { my ($self) = @_; return $self->base . $self->{path} }

sub ca_file { return $_[0]{dir} . '/ca.pem' }

sub start {
    my ($self) = @_;
    my $listener;
    $self->{port} ||= Port::take() if !$self->{socket};
    for (1 .. 100) {
        $listener = $self->{socket} ? $self->listen_on_socket
            : IO::Socket::IP->new(LocalHost => $self->{host}, LocalPort => $self->{port},
                Listen => 1024, ReuseAddr => 1);
        last if $listener;
        sleep 0.05;
    }
    $listener or die "AS: $!";
    socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die $!;
    $self->{pid} = fork // die $!;
    if (!$self->{pid}) {
        close $ours;
        @SIG{qw(TERM PIPE)} = (sub { POSIX::_exit(0) }, 'IGNORE');
        require POSIX;
        my $loop = AS::Loop->new($self, $listener, $theirs);
        $loop->do_restore($self->{saved}) if $self->{saved};    # before the first question
        eval { $loop->run };
        print STDERR $@ if $@;
        POSIX::_exit(0);
    }
    close $theirs;
    $self->{control} = $ours;
    return $self;
}

sub listen_on_socket {
    my ($self) = @_;
    my $path = "$self->{dir}/as.sock";
    unlink $path;
    my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 1024) or return;
    chmod 0666, $path;
    return $listener;
}

sub stop {
    my ($self) = @_;
    return if !$self->{pid};
    $self->{saved} = $self->tell('save');
    kill KILL => $self->{pid};
    local $?;
    waitpid delete $self->{pid}, 0;
}

sub DESTROY {
    my ($self) = @_;
    local $?;
    return if !$self->{pid};
    kill KILL => $self->{pid};
    waitpid $self->{pid}, 0;
}

sub tell {
    my ($self, @words) = @_;
    my $control = $self->{control};
    syswrite $control, $json->encode(\@words) . "\n";
    my $reply = '';
    while ($reply !~ /\n/) { sysread $control, $reply, 65536, length $reply or die 'AS is gone' }
    return $json->decode($reply);
}

sub token {
    my ($self, $token, $claims) = @_;
    $Httpd::secrets[@Httpd::secrets] = $token if length $token >= 8;
    return $self->answer($token, {body => $json->encode({active => JSON::PP::true, %$claims})});
}

sub answer { my ($self, $token, $answer) = @_; return $self->tell(answer => $token, $answer) }
sub all { my ($self, $answer) = @_; return $self->tell(answer => '*', $answer) }
sub fault { my ($self, $fault) = @_; return $self->tell(fault => $fault) }
sub credentials { my ($self, $wanted) = @_; return $self->tell(credentials => $self->{credentials} = $wanted) }
sub calls { my ($self, $token) = @_; return $self->tell(calls => $token // '*') }
sub requests { my ($self) = @_; return @{$self->tell('requests')} }
sub connections { my ($self) = @_; return $self->tell('connections') }
sub resumed { my ($self) = @_; return $self->tell('resumed') }
sub peak { my ($self) = @_; return $self->tell('peak') }
sub reset { my ($self) = @_; return $self->tell('reset') }

# A CA, and certificates that it signed: good, expired, wrong-name.
sub make_certificates {
    my ($dir) = @_;
    my $q = '>/dev/null 2>&1';
    my $new = "-newkey rsa:2048 -nodes";
    system("cd $dir && openssl req -x509 $new -keyout ca.key -out ca.pem -days 30 -subj /CN=testca $q");
    for (['good', 'IP:127.0.0.1,IP:::1', ''], ['wrong-name', 'DNS:other.example', ''],
        ['expired', 'IP:127.0.0.1', '-not_after 20200101000000Z']) {
        my ($name, $alt, $end) = @$_;
        open my $ext, '>', "$dir/$name.ext";
        print $ext "subjectAltName=$alt\n";
        close $ext;
        my $days = $name eq 'expired' ? '-days -1' : '-days 30';
        system("cd $dir && openssl req $new -keyout $name.key -out $name.csr -subj /CN=$name $q"
            . " && openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial"
            . " -out $name.pem -extfile $name.ext $days $q");
    }
    return;
}

package AS::Loop;
use strict;
use warnings;
use Time::HiRes qw(time);

sub new {
    my ($class, $as, $listener, $control) = @_;
    return bless {as => $as, listener => $listener, control => $control, fault => '',
        answers => {}, calls => {}, requests => [], connections => 0, resumed => 0, peak => 0, clients => {},
        control_text => ''}, $class;
}

sub run {
    my ($self) = @_;
    my $select = $self->{select} = IO::Select->new($self->{listener}, $self->{control});
    $self->{listener}->blocking(0);
    while (1) {
        for my $socket ($select->can_read($self->patience)) {
            if ($socket == $self->{listener}) { $self->accept }
            elsif ($socket == $self->{control}) { $self->obey }
            else { $self->read($self->{clients}{$socket}) }
        }
        $self->write($_) for grep { defined $_->{out} && $_->{due} <= time } values %{$self->{clients}};
    }
}

sub patience {
    my ($self) = @_;
    my $soon = 1;
    for (values %{$self->{clients}}) {
        next if !defined $_->{out};
        my $left = $_->{due} - time;
        $soon = $left < 0 ? 0 : $left if $left < $soon;
    }
    return $soon;
}

sub accept {
    my ($self) = @_;
    while (my $socket = $self->{listener}->accept) {
        $self->{connections}++;
        if ($self->{as}{tls} && $self->{fault} ne 'hang_tls') {
            select undef, undef, undef, 0.1 if $self->{fault} eq 'slow_tls';
            $socket->blocking(1);
            IO::Socket::SSL->start_SSL($socket, SSL_server => 1, SSL_reuse_ctx => $self->identity, Timeout => 60)
                or do { close $socket; next };
            $self->{resumed}++ if $socket->get_session_reused;
        }
        $self->{select}->add($socket);
        $self->{clients}{$socket} = {socket => $socket, in => '', served => 0};
    }
}

# One TLS context for all connections, so that a client can resume a session.
sub identity {
    my ($self) = @_;
    require IO::Socket::SSL;
    my $stem = "$self->{as}{dir}/$self->{as}{tls}";
    return $self->{identity} ||= IO::Socket::SSL::SSL_Context->new(SSL_server => 1,
        SSL_version => $self->{as}{tls_version} || 'SSLv23:!SSLv3:!SSLv2',
        SSL_cert_file => "$stem.pem", SSL_key_file => "$stem.key", $self->demand);
}

# client_ca: request a client certificate that this CA has signed; "any": any
# certificate. Each request has its common name as peer.
sub demand {
    my ($self) = @_;
    my $ca = $self->{as}{client_ca} or return;
    return (SSL_verify_mode => 1, $ca eq 'any' ? (SSL_verify_callback => sub {1}) : (SSL_ca_file => $ca));
}

sub peer_of {
    my ($self, $client) = @_;
    return undef if !$self->{as}{client_ca};
    return $client->{socket}->peer_certificate('commonName');
}

sub drop {
    my ($self, $client) = @_;
    $self->{select}->remove($client->{socket});
    delete $self->{clients}{$client->{socket}};
    close $client->{socket};
}

sub read {
    my ($self, $client) = @_;
    my $got = sysread $client->{socket}, $client->{in}, 65536, length $client->{in};
    return $self->drop($client) if !$got;
    while ($self->{as}{tls} && $client->{socket}->can('pending') && $client->{socket}->pending) {
        sysread $client->{socket}, $client->{in}, 65536, length $client->{in};
    }
    return if defined $client->{out};
    $client->{in} =~ /\r\n\r\n/ or return;
    my ($head, $body) = split /\r\n\r\n/, $client->{in}, 2;
    my ($length) = $head =~ /^content-length:\s*(\d+)/im;
    return if length $body < ($length // 0);
    $client->{in} = '';
    $self->serve($client, $head, $body);
}

sub serve {
    my ($self, $client, $head, $body) = @_;
    my ($method, $path) = $head =~ /^(\S+) (\S+)/;
    my %header = map { /^([^:]+):\s*(.*?)\r?$/ ? (lc $1, $2) : () } split /\n/, $head;
    my ($token) = $body =~ /(?:^|&)token=([^&]*)/;
    $token = '' if !defined $token;
    $token =~ tr/+/ /;
    $token =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    push @{$self->{requests}}, {method => $method, path => $path, headers => \%header, head => $head,
        body => $body, token => $token, peer => scalar $self->peer_of($client)};
    $self->{calls}{$token}++ if $path eq $self->{as}{path};
    my $answer = $self->{answers}{$path} || $self->{answers}{$token} || $self->{answers}{'*'} || {};
    if ($path ne $self->{as}{path} && !$self->{answers}{$path}) { $answer = {status => 404, body => '{}'} }
    elsif ($path eq $self->{as}{path} && $self->{as}{credentials}
        && ($header{authorization} // '') ne $self->{as}{credentials}) {
        $answer = {status => 401, body => '{"error":"invalid_client"}'};
    }
    if ($answer->{form} && index("&$body&", "&$answer->{form}&") < 0) {
        $answer = {status => 401, body => '{"error":"invalid_client"}'};
    }
    $client->{due} = time + ($answer->{delay} || 0);
    $self->compose($client, $answer);
}

sub compose {
    my ($self, $client, $answer) = @_;
    my $fault = $self->{fault};
    $answer = $json->decode($1) if $fault =~ /^instead:(.*)/s;
    if (my $pushed = $self->pushed) { ($answer, $client->{due}) = ({status => $pushed, body => '{}'}, time + 0.003) }
    my $body = $answer->{body} // '{"active":false}';
    $body = '{"active":true,' . join(',', map {"\"m$_\":0"} 1 .. $1) . '}' if $fault =~ /^members:(\d+)/;
    $body = '{"active":true,"d":' . '[' x $1 . ']' x $1 . '}' if $fault =~ /^deep:(\d+)/;
    my $status = $answer->{status} // 200;
    my $type = $answer->{type} // 'application/json';
    $type = 'text/html' if $fault eq 'html';
    my $length = length($body) + ($fault eq 'short' ? 100 : 0);
    my $more = join '', map {"$_\r\n"} @{$answer->{headers} || []};
    my $text = "HTTP/1.1 $status Answer\r\n" . ($type eq '' ? '' : "Content-Type: $type\r\n")
        . $more . "Content-Length: $length\r\n\r\n$body";
    $client->{close} = $fault eq 'once' || $answer->{close};
    if ($fault =~ /^hang/) { return }
    elsif ($fault eq 'close' || $fault eq 'kept' && $client->{served}) { return $self->drop($client) }
    elsif ($fault eq 'cut') { $text = substr $text, 0, length($text) - 5; $client->{close} = 1 }
    elsif ($fault eq 'short') { $client->{close} = 1 }
    elsif ($fault eq 'chunked') {
        $text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n$body";
        $client->{close} = 1;
    }
    elsif ($fault eq 'slow') { $client->{due} += 0.3 }
    elsif ($fault eq 'twice') { $text .= $text }
    elsif ($fault eq 'continue') { $text = "HTTP/1.1 100 Continue\r\n\r\n$text" }
    elsif ($fault eq 'endless') {
        $text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"active\":true,\"x\":\"";
        $client->{endless} = 1 << 30;
    }
    elsif ($fault =~ /^raw:(.*)/s) { $text = $1; $client->{close} = 1 }
    $text = $answer->{raw} if defined $answer->{raw};
    $client->{dribble} = $fault eq 'dribble';
    $client->{out} = $text;
    my $now = grep { defined $_->{out} } values %{$self->{clients}};
    $self->{peak} = $now if $now > $self->{peak};
}

# The status with which an overloaded server pushes back; 0: none.
sub pushed {
    my ($self) = @_;
    if ($self->{fault} =~ /^limit:(\d+)/) {
        my $left = ($self->{left} // $1) + (time - ($self->{filled} // time)) * $1;
        $left = $1 if $left > $1;
        @$self{qw(left filled)} = ($left < 1 ? $left : $left - 1, time);
        return $left < 1 ? 429 : 0;
    }
    return $self->{fault} =~ /^small:(\d+)/ && $1 <= grep({ defined $_->{out} } values %{$self->{clients}}) ? 503 : 0;
}

sub write {
    my ($self, $client) = @_;
    my $size = $client->{dribble} ? 1 : length $client->{out};
    my $sent = syswrite $client->{socket}, $client->{out}, $size;
    return $self->drop($client) if !defined $sent;
    substr $client->{out}, 0, $sent, '';
    $client->{due} = time + 0.3 if $client->{dribble};
    if ($client->{endless} && $client->{out} eq '') {
        $client->{out} = 'x' x 65536;
        $client->{endless} -= 65536;
    }
    return if $client->{out} ne '';
    delete $client->{out};
    $client->{served}++;
    $self->drop($client) if $client->{close};
}

sub obey {
    my ($self) = @_;
    my $got = sysread $self->{control}, $self->{control_text}, 65536, length $self->{control_text};
    POSIX::_exit(0) if !$got;
    while ($self->{control_text} =~ s/^([^\n]*)\n//) {
        my ($what, @words) = @{$json->decode($1)};
        my $reply = $self->can("do_$what")->($self, @words);
        syswrite $self->{control}, $json->encode($reply) . "\n";
    }
}

sub do_answer { my ($self, $token, $answer) = @_; $self->{answers}{$token} = $answer; return 1 }
sub do_credentials { my ($self, $credentials) = @_; $self->{as}{credentials} = $credentials; return 1 }
sub do_fault { my ($self, $fault) = @_; $self->{fault} = $fault; return 1 }
sub do_requests { return $_[0]{requests} }
sub do_connections { return $_[0]{connections} }
sub do_resumed { return $_[0]{resumed} }
sub do_peak { return $_[0]{peak} }
sub do_save { my ($self) = @_; return {map { $_ => $self->{$_} } qw(answers fault calls requests connections resumed)} }
sub do_restore { my ($self, $saved) = @_; @$self{keys %$saved} = values %$saved; return 1 }

sub do_calls {
    my ($self, $token) = @_;
    return $self->{calls}{$token} || 0 if $token ne '*';
    my $sum = 0;
    $sum += $_ for values %{$self->{calls}};
    return $sum;
}

sub do_reset {
    my ($self) = @_;
    @$self{qw(calls requests connections resumed)} = ({}, [], 0, 0);
    return 1;
}

1;
