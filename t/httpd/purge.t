# SPDX-License-Identifier: Apache-2.0
#
# SetHandler introspect-purge: what is remembered about a token, a user, a
# session or a client is forgotten at once, by all processes, and by nobody who
# may not ask for it.
use strict;
use warnings;
use Test::More;
use AS;
use Admin;
use Httpd;
use Store;

Store::patiently();

my $places = <<"END";
<Location />
    AuthType Introspect
    Require valid-user
</Location>
@{[Admin::place('/purge', 'introspect-purge')]}
<Location /status>
    SetHandler server-status
    AuthType None
    Require all granted
</Location>
<Location /open>
    SetHandler introspect-purge
    AuthType None
    Require all granted
</Location>
<Location /guarded>
    SetHandler introspect-purge
    IntrospectAdmin On
    AuthType None
    Require all granted
</Location>
<Location /purge/off>
    IntrospectAdmin Off
</Location>
END
my @admin = (Authorization => 'Basic YWRtaW46YWRtaW4tcGFzcw==');    # admin:admin-pass
my @form = ('Content-Type' => 'application/x-www-form-urlencoded');

sub httpd {
    my ($as, %o) = @_;
    my $config = $as->config . "IntrospectTimeout 60s 60s\n" . ($o{config} || '') . $places;
    my $httpd = Httpd->new(%o, modules => ['auth_basic', 'authn_file', 'status', @{$o{modules} || []}], config => $config);
    Admin::write_users($httpd);
    return $httpd;
}

sub purge {
    my ($httpd, $body, @more) = @_;
    return $httpd->request('POST', '/purge', $body, @form, @admin, @more);
}

sub users {
    my ($as, %of) = @_;
    $as->token($_ => $of{$_}) for keys %of;
    return;
}

for my $mpm (qw(event prefork)) {
    subtest "a token, $mpm" => sub {
        my $as = AS->new;
        users($as, 'purge-token-1' => {sub => 'a'}, 'purge-token-2' => {sub => 'b'});
        my $httpd = httpd($as, mpm => $mpm, config => "IntrospectCacheMaxAge 10min\n");    # longer than any machine takes
        $httpd->get_token('/', "purge-token-$_") for (1, 2) x 3;
        is($as->calls("purge-token-$_"), 1, "token $_ is remembered") for 1, 2;
        $as->answer('purge-token-1' => {body => '{"active":false}'});
        is($httpd->get_token('/', 'purge-token-1')->{status}, 200, 'and revoked in vain');
        my $answer = purge($httpd, 'token=purge-token-1');
        is($answer->{status}, 200, 'until it is purged') or diag $answer->{body};
        is($answer->{body}, "Forgotten: 1\n", 'which is said');
        like($httpd->get('/status?auto')->{body}, qr/^IntrospectRevocations: 1$/m, 'and counted by mod_status');
        is($answer->header('Cache-Control'), 'no-store', 'and not stored');
        is($httpd->get_token('/', 'purge-token-1')->{status}, 401, 'by every process') for 1 .. 6;
        is($httpd->get_token('/', 'purge-token-2')->{status}, 200, 'the other one is good');
        is($as->calls('purge-token-2'), 1, 'and was not asked about again');
        $as->answer('purge-token-2' => {body => '{"active":false}'});
        purge($httpd, 'token=purge-token-2');
        $httpd->graceful;
        is($httpd->get_token('/', 'purge-token-2')->{status}, 401, 'a reload keeps what was purged');
        like($httpd->error_log, qr/notice.*MAI0080: Forgot what is remembered about one token, as admin asked/, 'the log says who');
        unlike($httpd->error_log, qr/purge-token/, 'and not what');
    };
}

subtest 'a user, a session, a client' => sub {
    my $as = AS->new;
    users($as,
        'alice-token-1' => {sub => 'alice', sid => 's1', client_id => 'web'},
        'alice-token-2' => {sub => 'alice', sid => 's2', client_id => 'app'},
        'bobby-token-1' => {sub => 'bob', sid => 's3', client_id => 'web'});
    my $httpd = httpd($as, config => "IntrospectCacheMaxAge 10min\n");
    my $asked = sub {
        my @before = map { $as->calls($_) } @_;
        $httpd->get_token('/', $_) for @_;
        return join ' ', map { $as->calls($_[$_]) - $before[$_] } 0 .. $#_;
    };
    my @all = qw(alice-token-1 alice-token-2 bobby-token-1);
    is($asked->(@all), '1 1 1', 'asked once');
    for (['sub=alice', '1 1 0'], ['sid=s2', '0 1 0'], ['client_id=web', '1 0 1'],
        ['sub=bob&sid=s1', '1 0 1'], ['sub=al%69ce', '1 1 0'], ['sub=Alice', '0 0 0']) {
        my ($form, $expected) = @$_;
        is(purge($httpd, $form)->{status}, 200, $form);
        select undef, undef, undef, 0.15;    # what is asked for right after is not remembered yet
        is($asked->(@all), $expected, "$form: who is asked about again");
        is($asked->(@all), '0 0 0', 'once');
    }
};

subtest 'nobody else' => sub {
    my $as = AS->new;
    users($as, 'kept-token-1' => {sub => 'a'});
    my $httpd = httpd($as);
    my $body = 'token=kept-token-1';
    $httpd->get_token('/', 'kept-token-1');
    my $try = sub {
        my ($method, $path, $text, $status, $what, @headers) = @_;
        my $answer = $httpd->request($method, $path, $text, @headers);
        is($answer->{status}, $status, $what);
        return $answer;
    };
    $try->('POST', '/purge', $body, 401, 'without a password', @form);
    $try->('POST', '/open', $body, 403, 'where nobody is authenticated', @form);
    $try->('POST', '/purge/off', $body, 403, 'where IntrospectAdmin is Off', @form, @admin);
    like($try->('GET', '/purge', undef, 405, 'by GET', @admin)->header('Allow'), qr/^POST\b/, 'POST is what is allowed');
    $try->('POST', '/purge', $body, 415, 'in another form', @admin, 'Content-Type' => 'text/plain');
    $try->('POST', '/purge', $body, 403, "from a page of another site, $_", @form, @admin, split /: /)
        for 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Site: same-site', 'Origin: https://evil.example', 'Origin: null';
    $try->('POST', '/purge', "$body&other=1", 400, 'with a field too many', @form, @admin);
    $try->('POST', '/purge', '', 400, 'with nothing', @form, @admin);
    $try->('POST', '/purge', 'token=' . 'x' x 70000, 413, 'with too much', @form, @admin);
    $httpd->get_token('/', 'kept-token-1');
    is($as->calls('kept-token-1'), 1, 'and nothing was forgotten');
    $try->('POST', '/guarded', $body, 200, 'IntrospectAdmin On: who gets there', @form);
    $httpd->get_token('/', 'kept-token-1');
    is($as->calls('kept-token-1'), 2, 'makes it forget');
    $try->('POST', '/purge', $body, 200, "a browser, $_", @form, @admin, split /: /)
        for 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: none', 'Origin: http://localhost';
};

# A .htaccess with a handler, and a user of its author.
subtest 'the author of a .htaccess' => sub {
    my $as = AS->new;
    users($as, 'kept-token-1' => {sub => 'a'});
    my $httpd = httpd($as, allow_override => 'AuthConfig FileInfo');
    $httpd->get_token('/', 'kept-token-1');
    $httpd->write_file('htdocs/d/.htaccess', "IntrospectAdmin On\n");
    is($httpd->get_token('/d/', 'kept-token-1')->{status}, 500, 'cannot write IntrospectAdmin');
    $httpd->write_file('htdocs/e/.htaccess', "SetHandler introspect-purge\n");
    is($httpd->request('POST', '/e/', 'token=kept-token-1', @form, Authorization => 'Bearer kept-token-1')->{status}, 403, 'nor make a page that forgets');
    $httpd->write_file('htdocs/f/.htaccess', "SetHandler introspect-metrics\n");
    is($httpd->get_token('/f/', 'kept-token-1')->{status}, 403, 'nor one that shows what others do');
    is(purge($httpd, 'token=kept-token-1')->{status}, 403, 'a page among .htaccess files');
    is($httpd->request('POST', '/guarded', 'token=kept-token-1', @form)->{status}, 200, 'needs IntrospectAdmin On');
    $httpd->get_token('/', 'kept-token-1');
    is($as->calls('kept-token-1'), 2, 'which alone made it forget');
};

# A mark counts for as long as any answer may serve, that of a place with other
# times than the one that purges too.
subtest 'beyond the time of an answer, where stale ones serve' => sub {
    my $as = AS->new;
    users($as, 'purged-token-1' => {sub => 'a'}, 'stale-token-1' => {sub => 'b'});
    my $httpd = httpd($as, config => "IntrospectCacheMaxAge 1s\nIntrospectRefresh Off\n<Location /long>\nIntrospectStaleIfError 5min\n</Location>\n");
    $httpd->expect_log(qr/MAI00[45]\d|MAI0070/);
    is($httpd->get_token('/long/', $_)->{status} =~ /200|404/ ? 1 : 0, 1, "$_ is good") for 'purged-token-1', 'stale-token-1';
    is(purge($httpd, 'token=purged-token-1')->{status}, 200, 'one is purged');
    $as->all({status => 500});
    $as->answer($_ => {status => 500}) for 'purged-token-1', 'stale-token-1';
    select undef, undef, undef, 2.5;    # longer than an answer serves at the page's place
    is($httpd->get_token('/long/', 'stale-token-1')->{status} =~ /200|404/ ? 1 : 0, 1, 'the other serves on while the server fails');
    is($httpd->get_token('/long/', 'purged-token-1')->{status}, 503, 'that one does not');
};

subtest 'without an authorization server' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(config => <<'END');
<Location /purge>
    SetHandler introspect-purge
    IntrospectAdmin On
</Location>
END
    is($httpd->request('POST', '/purge', 'sub=a', @form)->{status}, 400, 'nobody knows whose user it is');
    is($httpd->request('POST', '/purge', 'token=a', @form)->{status}, 200, 'a token is one everywhere');
};

my $store = Store->new('redis');
subtest 'what a shared store remembers' => sub {
    plan skip_all => $store->missing if $store->missing;
    my $as = AS->new;
    users($as, 'stored-token-1' => {sub => 'a'});
    my $httpd = httpd($as, modules => [$store->module],
        config => 'IntrospectCache ' . $store->text . "\nIntrospectCacheSecret 0123456789abcdef0123456789abcdef\n");
    $httpd->get_token('/', 'stored-token-1');
    $httpd->wait_until(sub { $store->written }, 'an entry in the store');    # after the client has its answer
    $httpd->get_token('/', 'stored-token-1');
    is($as->calls('stored-token-1'), 1, 'remembered there');
    select undef, undef, undef, 0.15;    # a store's times are that exact
    purge($httpd, 'token=stored-token-1');
    $httpd->get_token('/', 'stored-token-1');
    is($as->calls('stored-token-1'), 2, 'does not count after it');
};

# What an administrator forgets at one machine the others forget too, and a
# machine that starts later, and one that could not reach the store meanwhile.
subtest 'three machines' => sub {
    plan skip_all => $store->missing if $store->missing;
    my $as = AS->new;
    my @kinds = map { ["machine-token-$_" => "user$_"] } 1 .. 4;
    users($as, map { $_->[0] => {sub => $_->[1]} } @kinds);
    my $cache = 'IntrospectCache shm:8M ' . $store->text . "\nIntrospectCacheMaxAge 10min\nIntrospectCacheSecret 0123456789abcdef0123456789abcdef\n";
    my ($one, $two) = map { httpd($as, config => $cache) } 1 .. 2;
    for my $httpd ($one, $two) { $httpd->get_token('/', $_->[0]) for @kinds }
    my %before = map { $_->[0] => $as->calls($_->[0]) } @kinds;
    my $asked_anew = sub {
        my ($httpd, $token) = @_;
        $httpd->wait_until(sub { $httpd->get_token('/', $token); $as->calls($token) > $before{$token} }, 'another question', 60);
        return;
    };

    purge($one, "token=$kinds[0][0]");
    $asked_anew->($two, $kinds[0][0]);
    is($as->calls($kinds[3][0]), $before{$kinds[3][0]}, 'a token of another user is remembered');

    purge($one, "sub=$kinds[1][1]");
    purge($two, "sub=$kinds[2][1]");
    $asked_anew->($two, $kinds[1][0]);
    $asked_anew->($one, $kinds[2][0]);

    $as->answer($kinds[1][0] => {body => '{"active":false}'});
    my $later = httpd($as, config => $cache);
    is($later->get_token('/', $kinds[1][0])->{status}, 401, 'nor is it let in by a machine that started later');
    is($later->get_token('/', $kinds[3][0])->{status}, 200, 'another one is');

    $two->expect_log(qr/MAI0071/);
    $one->expect_log(qr/MAI0071/);
    $later->expect_log(qr/MAI0071/);
    $store->stop;
    $before{$kinds[3][0]} = $as->calls($kinds[3][0]);
    is(purge($one, "sub=$kinds[3][1]")->{status}, 200, 'forgotten while the store is down');
    $store->start;
    $asked_anew->($two, $kinds[3][0]);
};
done_testing;
