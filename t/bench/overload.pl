# SPDX-License-Identifier: Apache-2.0
#
# Harder crowds: floods that had the server to themselves, answers that are slow
# at times, servers that push back, and many known tokens at a place where
# nothing is remembered. Sent by play() of crowds.pl.
use strict;
use warnings;
use POSIX ();
use Time::HiRes qw(time sleep);

my $seconds = 20;
my $well = '{"active":true,"sub":"alice"}';

# A flood of tokens for which the server hangs; with `flood`, one of ten gets
# that answer.
sub hanging {
    my (%o) = @_;
    my $alone = $o{alone} // 0;
    my ($as, $httpd) = crowd_scene();
    my @flood = stream('flood', 10, 1, $alone + $seconds);
    my @good = map { [$_->[0] + $alone, @$_[1, 2]] } stream('good', 2, 1, $seconds);
    $as->answer($_->[2] => $o{flood} && rand() < 0.1 ? $o{flood} : {delay => 60}) for @flood;
    $as->answer($_->[2] => rand() < 0.2 ? $o{good} : {body => $well, delay => 0.02}) for $o{good} ? @good : ();
    return [$o{what}, served('good', play($httpd, @flood, @good))];
}

sub hanging_rows {
    return map { hanging(@$_) } (
        [what => 'the same from many addresses, after the flood had the server alone for 20 s', alone => 20],
        [what => 'the same from many, and 1 of 10 is inactive after 0.9 s', flood => {body => '{"active":false}', delay => 0.9}],
        [what => 'the same from many, and a fifth of the good ones takes 1.5 s', good => {body => $well, delay => 1.5}],
    );
}

# A server that pushes back.
sub pushing {
    my ($what, $fault, @schedule) = @_;
    my ($as, $httpd) = crowd_scene();
    $as->fault($fault);
    return [$what, served('good', play($httpd, @schedule))];
}

sub pushing_rows {
    return (pushing('429 above 100 questions/s; 500 unknown tokens/s of one address, good ones of others, 20/s', 'limit:100',
            stream('flood', 500, 0, $seconds), stream('good', 20, 1, $seconds)),
        pushing('503 above 8 questions at once; 300 new tokens/s of many addresses', 'small:8', stream('good', 300, 1, $seconds)));
}

# Clients of a proxy: mod_remoteip takes their addresses from X-Client.
my $insiders = <<'END';
math.randomseed(os.time())
function request()
    local client = math.random(1000)
    return wrk.format("GET", "/x.txt", {
        Authorization = "Bearer known-" .. client,
        ["X-Client"] = "10.0." .. math.floor(client / 250) .. "." .. (client % 250 + 1)})
end
END

sub insiders {
    my $as = AS->new;
    $as->all({body => $well, delay => 0.02});
    my $httpd = scene($as, "RemoteIPHeader X-Client\nRemoteIPInternalProxy 127.0.0.1\n", limits => limits(4, 25), modules => ['remoteip'],
        place => "<Location /x.txt>\nAuthType Introspect\nIntrospectMaxAge 0\nRequire valid-user\n</Location>\n"
            . "Alias /new.txt %DIR%/htdocs/x.txt\n<Location /new.txt>\nAuthType Introspect\nRequire valid-user\n</Location>\n");
    $httpd->get_token('/x.txt', "known-$_") for 1 .. 1000;
    my $before = $as->calls;
    my $script = $httpd->write_file('insiders.lua', $insiders);
    my $pid = fork // die $!;
    if (!$pid) { open STDOUT, '>', '/dev/null'; exec 'wrk', '-t1', '-c90', "-d@{[$seconds + 5]}s", '-s', $script, $httpd->url or POSIX::_exit(1) }
    sleep 1;
    my $start = time;
    my @done = play($httpd, map { [@$_, '/new.txt'] } stream('good', 5, 1, $seconds));
    my $rate = ($as->calls - $before - @done) / (time - $start);
    kill TERM => $pid;
    waitpid $pid, 0;
    return [sprintf('%.0f known tokens/s of 1,000 addresses at a place with IntrospectMaxAge 0; new good ones elsewhere, 5/s', $rate), served('good', @done)];
}

sub overload_rows { return (hanging_rows(), pushing_rows(), insiders()) }

1;
