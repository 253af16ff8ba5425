# SPDX-License-Identifier: Apache-2.0
#
# The recipes of docs/recipes, word for word, with the programs that they are
# for where these are installed: git, svn, npm, PHP-FPM; and clients of our own.
# Not under a sanitizer: other servers' programs do the work.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Socket::INET;
use JSON::PP;
use Digest::SHA qw(sha1);
use MIME::Base64;
use Test::More;
use AS;
use Fpm;
use Httpd;

my $as = AS->new;
my %tokens = (read => 'git:read read downloads api:read npm pull cal events ws', write => 'git:read git:write read write api:read api:write npm push', none => '');
$as->token("$_-token-1" => {sub => "$_-user", tenant => 'acme', aud => 'https://api.example', scope => $tokens{$_}, name => "J\x{fc}rgen", groups => ['a', 'b']}) for keys %tokens;
$as->token('nameless-token-1' => {scope => 'read write'});
my $backend = AS->new(credentials => '');
$backend->answer($_ => {body => 'backend'}) for qw(/api/x /ws /v2/ /v2/x /x);
sub basic { return (Authorization => 'Basic ' . encode_base64("any:$_[0]", '')) }
sub bearer { return (Authorization => "Bearer $_[0]") }

# The blocks of a page below a heading, with these texts replaced.
sub recipe {
    my ($page, $heading, %replace) = @_;
    open my $file, '<', "$Httpd::root/docs/recipes/$page.md" or die "$page: $!";
    my $text = do { local $/; <$file> };
    my ($section) = $text =~ /^## \Q$heading\E\n(.*?)(?=^## |\z)/ms or die "$page has no '$heading'";
    my $block = join '', $section =~ /^```apache\n(.*?)^```/msg;
    $block =~ s/\Q$_\E/$replace{$_}/g for sort { length $b <=> length $a } keys %replace;
    return $block;
}

sub both {
    my ($httpd, $token) = @_;
    return map { my ($name, $how) = @$_; [$name, sub { my ($method, $path, $body, @more) = @_; return $httpd->request($method, $path, $body, $how->($token), @more) }] }
        ['Basic', \&basic], ['Bearer', \&bearer];
}

subtest 'Basic and Bearer at one place' => sub {
    my $httpd = Httpd->new(config => $as->config . "Alias /x %DIR%/htdocs/index.html\n" . recipe('README', 'Basic and Bearer at one place'));
    is(join(' | ', $httpd->get('/x')->all_headers('WWW-Authenticate')), 'Bearer scope="read", realm="x" | Basic realm="x"', 'a challenge for each, Bearer first');
    is($httpd->get('/x', basic('read-token-1'))->{status}, 200, 'Basic');
    is($httpd->get('/x', bearer('read-token-1'))->{status}, 200, 'Bearer');
    is($httpd->get('/x', basic('none-token-1'))->{status}, 403, 'Basic without the scope');
    is($httpd->get('/x', basic('bad-token-1'))->{status}, 401, 'a wrong password');
};

subtest 'an API' => sub {
    my $httpd = Httpd->new(modules => [qw(headers proxy proxy_http)], config => $as->config . recipe('README', 'An API', 'http://127.0.0.1:8080' => $backend->base));
    is($httpd->get('/api/x', bearer('read-token-1'))->{status}, 200, 'GET with api:read');
    my ($saw) = map { $_->{headers} } reverse $backend->requests;
    is($saw->{'x-user'}, 'read-user', 'the backend knows who it is');
    ok(!exists $saw->{authorization}, 'and sees no token');
    is($httpd->request('POST', '/api/x', 'x', bearer('read-token-1'))->{status}, 403, 'POST without api:write');
    is($httpd->request('POST', '/api/x', 'x', bearer('write-token-1'), 'X-Tenant' => 'acme')->{status}, 200, 'POST for the tenant of the token');
    is($httpd->request('POST', '/api/x', 'x', bearer('write-token-1'), 'X-Tenant' => 'other')->{status}, 403, 'and not for another');
};

subtest 'optional login, and downloads by cookie' => sub {
    my $httpd = Httpd->new(modules => [qw(headers rewrite)], config => $as->config . "Alias /catalog %DIR%/htdocs/index.html\nAlias /downloads %DIR%/htdocs/index.html\n"
        . recipe('README', 'Optional sign-in') . recipe('browsers', 'Download links: the token in a cookie'));
    is($httpd->get('/catalog')->{status}, 200, 'a guest');
    is($httpd->get('/catalog', bearer('read-token-1'))->{status}, 200, 'a known user');
    is($httpd->get('/catalog', bearer('bad-token-1'))->{status}, 401, 'a bad token is refused');
    my $session = sub { return $httpd->request('POST', '/downloads/session', '', @_) };
    my $set = $session->(bearer('read-token-1'));
    is($set->{status} . ' ' . $set->header('Set-Cookie'), '204 session=read-token-1; Path=/downloads; Secure; HttpOnly; SameSite=Lax', 'a page has its token set as a cookie');
    is($set->header('Cache-Control'), 'no-store', 'which nobody stores');
    for my $case (['a bad token', 401, bearer('bad-token-1')], ['none', 401], ['one without the scope', 403, bearer('none-token-1')], ['a cookie', 401, Cookie => 'session=read-token-1', 'Sec-Fetch-Site' => 'same-origin']) {
        my ($what, $status, @headers) = @$case;
        my $answer = $session->(@headers);
        is("$answer->{status} " . $answer->header('Set-Cookie'), "$status ", "$what sets none");
    }
    is($httpd->get('/downloads', Cookie => 'a=b; session=read-token-1', 'Sec-Fetch-Site' => 'same-origin')->{status}, 200, 'a link to a download');
    is($httpd->request('POST', '/downloads', 'x', Cookie => 'session=read-token-1', 'Sec-Fetch-Site' => 'cross-site')->{status}, 403, 'a form of another site');
};

subtest 'a program in a browser, WebSocket, EventSource' => sub {
    my %to = ('http://127.0.0.1:8080' => $backend->base);
    my $httpd = Httpd->new(modules => [qw(headers proxy proxy_http)], config => $as->config . "Alias /api %DIR%/htdocs/index.html\nAlias /events %DIR%/htdocs/index.html\n"
        . recipe('browsers', 'On another origin (CORS)') . recipe('browsers', 'WebSocket', %to) . recipe('browsers', 'A token in the query (EventSource, download links)'));
    my @origin = (Origin => 'https://spa.example');
    is($httpd->request('OPTIONS', '/api', undef, @origin, 'Access-Control-Request-Method' => 'GET')->header('Access-Control-Allow-Origin'), 'https://spa.example', 'a preflight');
    is($httpd->get('/api', @origin)->header('Access-Control-Allow-Origin'), 'https://spa.example', 'a refusal can be read');
    is($httpd->get('/api', @origin, bearer('read-token-1'))->header('Access-Control-Allow-Origin'), 'https://spa.example', 'an answer, too');
    is($httpd->get('/api', Origin => 'https://evil.example', bearer('read-token-1'))->{status}, 403, 'not by another origin');
    is($httpd->get('/events?access_token=read-token-1')->{status}, 200, 'a token in the query');
    is($httpd->get('/ws', 'Sec-WebSocket-Protocol' => 'bearer, read-token-1')->{status}, 200, 'a token in the subprotocol');
    my ($saw) = map { $_->{headers} } reverse $backend->requests;
    is($saw->{'sec-websocket-protocol'}, 'bearer', 'which the backend does not see');
};

# A real handshake and a frame each way, as RFC 6455 1.3 and 5.7 have them.
subtest 'WebSocket' => sub {
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 4) or die $!;
    my $pid = fork // die $!;
    if (!$pid) {
        $SIG{ALRM} = sub { require POSIX; POSIX::_exit(0) };
        alarm 60;
        while (my $client = $listener->accept) {
            my ($head, $line) = ('');
            $head .= $line while defined($line = <$client>) && $line !~ /^\r?\n/;
            my ($protocol) = $head =~ /^Sec-WebSocket-Protocol: (.*?)\r$/mi;
            my ($key) = $head =~ /^Sec-WebSocket-Key: (.*?)\r$/mi;
            my $accept = encode_base64(sha1($key . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'), '');
            print $client "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: $accept\r\nSec-WebSocket-Protocol: $protocol\r\n\r\n";
            sysread $client, my $frame, 100;
            my $text = 'saw: ' . ($head =~ /read-token-1/ ? 'a token' : $protocol);
            print $client "\x81" . chr(length $text) . $text;
            close $client;
        }
        require POSIX;
        POSIX::_exit(0);
    }
    my $httpd = Httpd->new(modules => [qw(proxy proxy_http http2)], config => $as->config . "Protocols h2c http/1.1\n<IfDirective H2WebSockets>\nH2WebSockets On\n</IfDirective>\n"
        . recipe('browsers', 'WebSocket', 'http://127.0.0.1:8080' => 'http://127.0.0.1:' . $listener->sockport));
    my $shake = sub {
        my ($protocols) = @_;
        my $socket = $httpd->connect;
        print $socket "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            . "Origin: https://page.example\r\nSec-WebSocket-Protocol: $protocols\r\n\r\n";
        my $text = '';
        while ($text !~ /\r\n\r\n/) { sysread $socket, $text, 4096, length $text or last }
        if ($text =~ /^HTTP\/1\.1 101 /) {
            print $socket "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";    # "Hello", masked
            while ($text !~ /saw: /) { sysread $socket, $text, 4096, length $text or last }
        }
        return $text;
    };
    my $text = $shake->('bearer, read-token-1');
    like($text, qr{^HTTP/1\.1 101 .*^Sec-WebSocket-Protocol: bearer\r$}ms, 'a browser is upgraded, by the protocol bearer');
    like($text, qr/\x81.saw: bearer/s, 'messages pass, and the backend saw no token');
    like($shake->('bearer, bad-token-1'), qr{^HTTP/1\.1 401 }, 'not with a bad token');
    like($shake->('bearer, none-token-1'), qr{^HTTP/1\.1 403 }, 'nor with one that lacks the scope');
    like($shake->('chat'), qr{^HTTP/1\.1 401 }, 'nor without');
    SKIP: {
        my $node = grep { -x "$_/node" } split /:/, $ENV{PATH};
        skip 'no node', 7 if !$node && !$ENV{T_NODE_REQUIRED};
        my $shake2 = sub { my ($protocols) = @_; return decode_json(`node $Httpd::root/t/websocket/client.js $httpd->{port} /ws '$protocols' https://page.example`) };
        my $seen = $shake2->('bearer, read-token-1');
        is($seen->{status}, 200, 'RFC 8441 5: upgraded over HTTP/2 too');
        is($seen->{protocol}, 'bearer', 'by the protocol bearer');
        like($seen->{text}, qr/saw: bearer/, 'messages pass, and the backend saw no token');
        $seen = $shake2->('bearer, bad-token-1');
        is($seen->{status}, 401, 'not with a bad token');
        like($seen->{challenge}, qr/^Bearer error="invalid_token"/, 'and is told so');
        is($shake2->('bearer, none-token-1')->{status}, 403, 'nor with one that lacks the scope');
        is($shake2->('chat')->{status}, 401, 'nor without');
    }
    kill TERM => $pid;
    waitpid $pid, 0;
};

# As a newcomer does it: the block, then each command with what it has to print.
subtest 'MCP' => sub {
    $as->token('mcp-token-1' => {sub => 'alice', scope => 'mcp', aud => 'https://mcp.example/mcp'});
    $as->token('notes-token-1' => {sub => 'alice', scope => 'mcp mcp:write', aud => 'https://mcp.example/mcp'});
    $as->token('elsewhere-token-1' => {sub => 'alice', scope => 'mcp mcp:write', aud => 'https://mcp.example/other'});
    $backend->answer('/mcp' => {body => '{"called":true}'});
    my $httpd = Httpd->new(modules => [qw(proxy proxy_http)], config => recipe('mcp', 'Set it up', 'https://as.example/introspect' => $as->url,
        'file:/etc/apache2/introspect/client-secret' => 'rs-secret-1', 'http://127.0.0.1:8080' => $backend->base));
    my $page = do { local (@ARGV, $/) = "$Httpd::root/docs/recipes/mcp.md"; <> };
    my ($checks) = $page =~ /^## Check it\n(.*?)^## /ms;
    my @checks = $checks =~ /^```sh\n(.*?)\n```\n\n((?:    .*\n)+)/mg;
    cmp_ok(scalar @checks, '>=', 10, 'the page has commands');
    while (my ($command, $lines) = splice @checks, 0, 2) {
        (my $here = $command) =~ s{https://mcp\.example/(?=\S*$)}{$httpd->url('/')}e;
        my $printed = `export TOKEN=mcp-token-1; $here`;
        like($printed, qr/\Q$_\E/, "$command: $_") for map { s/^ +//r } split /\n/, $lines;
    }
    my @call = ('MCP-Protocol-Version' => '2026-07-28', 'Mcp-Method' => 'tools/call');
    is($httpd->request('POST', '/mcp', '{}', @call, 'Mcp-Name' => 'echo', bearer('mcp-token-1'))->{body}, '{"called":true}', 'a call that is let in');
    my ($saw) = map { $_->{headers} } reverse $backend->requests;
    ok(!exists $saw->{authorization}, 'reaches the server without the token');
    is($httpd->request('POST', '/mcp', '{}', @call, 'Mcp-Name' => 'add-note', bearer('notes-token-1'))->{status}, 200, 'with the scopes of the 403');
    is($httpd->request('POST', '/mcp', '{}', @call, 'Mcp-Name' => 'echo', bearer('elsewhere-token-1'))->{status}, 401, 'not with a token for another resource');
    like($httpd->error_log, qr/MAI0027/, 'as the log says');
};

subtest 'MCP, a server of an earlier revision' => sub {
    my $aud = 'https://mcp.example/mcp';
    $as->token('early-token-1' => {sub => 'alice', scope => 'mcp', aud => $aud});
    $as->token('scopeless-token-1' => {sub => 'alice', scope => 'other', aud => $aud});
    $backend->answer('/mcp' => {body => '{"called":true}'});
    my $httpd = Httpd->new(modules => [qw(proxy proxy_http)],
        config => $as->config . recipe('mcp', 'A server of an earlier revision', 'http://127.0.0.1:8080' => $backend->base));
    my $call = sub { return $httpd->request('POST', '/mcp', '{}', @_) };
    is($call->(bearer('early-token-1'))->{body}, '{"called":true}', 'a call without headers of MCP is let in');
    my ($saw) = map { $_->{headers} } reverse $backend->requests;
    ok(!exists $saw->{authorization}, 'and reaches the server without the token');
    is($call->(bearer('scopeless-token-1'))->{status}, 403, 'not without the scope');
    my $refused = $call->();
    is($refused->{status}, 401, 'nor without a token');
    like($refused->header('WWW-Authenticate'), qr{scope="mcp", resource_metadata="https://mcp\.example/\.well-known/oauth-protected-resource/mcp"}, 'the challenge says where to get one');
    is($httpd->get('/.well-known/oauth-protected-resource/mcp')->{status}, 200, 'and the document is there');
};

subtest 'git' => sub {
    -x '/usr/lib/git-core/git-http-backend' or plan skip_all => 'git is not installed';
    my $dir = tempdir(CLEANUP => 1);
    chmod 0755, $dir;
    my $config = recipe('version-control', 'git', '/srv/git' => "$dir/repositories");
    system("git init -q --bare $dir/repositories/p.git && git -C $dir/repositories/p.git config http.receivepack true && chown -R www-data $dir/repositories") == 0 or die;
    my $httpd = Httpd->new(modules => ['env'], config => $as->config . $config);
    my $git = "GIT_TERMINAL_PROMPT=0 HOME=$dir git -c user.name=x -c user.email=x\@x.example -c safe.directory='*'";
    (my $url = $httpd->url('/git/p.git')) =~ s{://}{://any:write-token-1\@};
    is(system("$git clone -q $url $dir/work 2>$dir/out"), 0, 'clone with Basic');
    system("cd $dir/work && echo 1 >f && $git add f && $git commit -qm one") == 0 or die;
    is(system("cd $dir/work && $git push -q origin HEAD 2>$dir/out"), 0, 'push with Basic');
    my $plain = $httpd->url('/git/p.git');
    is(system("$git -c http.extraHeader='Authorization: Bearer read-token-1' clone -q $plain $dir/bearer 2>$dir/out"), 0, 'clone with Bearer');
    system("cd $dir/bearer && echo 2 >f && $git commit -qam two") == 0 or die;
    isnt(system("cd $dir/bearer && $git -c http.extraHeader='Authorization: Bearer read-token-1' push origin HEAD >$dir/out 2>&1"), 0, 'no push without the scope');
    like(do { open my $file, '<', "$dir/out"; join '', <$file> }, qr/The requested URL returned error: 403/, 'which ends with one line');
    is(system("cd $dir/bearer && $git -c http.extraHeader='Authorization: Bearer write-token-1' push -q origin HEAD 2>$dir/out"), 0, 'push with Bearer');
};

subtest 'Subversion' => sub {
    -e '/usr/bin/svnadmin' && grep { -e "$_/mod_dav_svn.so" } map { chomp; $_ } `apxs -q LIBEXECDIR` or plan skip_all => 'svn is not installed';
    my $httpd = Httpd->new(modules => [qw(dav dav_svn)], config => $as->config
        . qq{CustomLog %DIR%/access.log "%m %U %>s %u"\n} . recipe('version-control', 'Subversion', '/srv/svn/repo' => '%DIR%/repository'));
    my $dir = $httpd->{dir};
    $httpd->write_file('import/f.txt', "x\n");
    system("svnadmin create $dir/repository && svn import -q -m x $dir/import file://$dir/repository/trunk && chown -R www-data $dir/repository");
    my $svn = sub { my ($command, $token) = @_; return system("svn $command --non-interactive --no-auth-cache --username x --password $token --config-dir $dir/svn >$dir/out 2>&1") };
    is($svn->("checkout -q @{[$httpd->url('/svn/trunk')]} $dir/work", 'read-token-1'), 0, 'checkout');
    $httpd->write_file('work/f.txt', 'new');
    isnt($svn->("commit -m y $dir/work", 'read-token-1'), 0, 'no commit without the scope') or diag($httpd->slurp('out'), $httpd->slurp('access.log'));
    is($svn->("commit -q -m y $dir/work", 'write-token-1'), 0, 'commit');
};

subtest 'WebDAV' => sub {
    my $httpd = Httpd->new(modules => [qw(dav dav_fs dir)], config => $as->config
        . recipe('version-control', 'WebDAV', '/var/lock/apache2/dav' => '%DIR%/lock', '/srv/dav' => '%DIR%/htdocs/dav'));
    $httpd->write_file('htdocs/dav/f.txt', "x\n");
    system("chown -R www-data $httpd->{dir}/htdocs/dav $httpd->{dir}; chmod 777 $httpd->{dir}");
    for my $how (both($httpd, 'write-token-1')) {
        my ($name, $send) = @$how;
        like($send->('PUT', "/dav/$name.txt", 'text')->{status}, qr/^20[14]$/, "PUT with $name");
        is($send->('PROPFIND', '/dav/', undef, Depth => 1)->{status}, 207, "PROPFIND with $name");
        is($send->('LOCK', "/dav/$name.txt", '<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>')->{status}, 200, "LOCK with $name");
    }
    for my $how (both($httpd, 'read-token-1')) {
        is($how->[1]->('PROPFIND', '/dav/', undef, Depth => 1)->{status}, 207, "PROPFIND with $how->[0] and read");
        is($how->[1]->('PUT', '/dav/no.txt', 'text')->{status}, 403, "no PUT with $how->[0] and read");
    }
    is($httpd->request('PUT', '/dav/no.txt', 'text', bearer('nameless-token-1'))->{status}, 403, 'nor by a token that names nobody');
};

subtest 'registries' => sub {
    my $httpd = Httpd->new(modules => [qw(headers proxy proxy_http)], config => $as->config
        . recipe('programs', 'Docker registry', 'http://127.0.0.1:5000' => $backend->base));
    $as->token('pull-token-1' => {scope => 'pull'});
    is(join(' | ', $httpd->get('/v2/')->all_headers('WWW-Authenticate')), 'Basic realm="registry"', 'Docker: no Bearer challenge, which would lead to a token service');
    is($httpd->get('/v2/', basic('pull-token-1'))->{status}, 200, 'a pull');
    is($httpd->request('PUT', '/v2/x', 'x', basic('pull-token-1'))->{status}, 403, 'no push');
    my ($saw) = map { $_->{headers} } reverse $backend->requests;
    ok(!exists $saw->{authorization}, 'and the registry sees no token');

    my $npm = Httpd->new(modules => [qw(proxy proxy_http)], config => $as->config . recipe('programs', 'npm registry (verdaccio)', 'http://127.0.0.1:4873' => $backend->base));
    $backend->answer('/pkg' => {body => JSON::PP->new->canonical->encode({name => 'pkg', 'dist-tags' => {latest => '1.2.3'}, versions => {'1.2.3' => {name => 'pkg', version => '1.2.3', dist => {tarball => 'http://x/x.tgz'}}}})});
    my ($program) = grep { -x } map {"$_/npm"} split /:/, $ENV{PATH};
    SKIP: {
        skip 'npm is not installed', 2 if !$program;
        my ($host) = $npm->url('/') =~ m{^http:(//.*)$};
        for my $way (['_authToken=read-token-1', 'Bearer'], ['_auth=' . encode_base64('any:read-token-1', ''), 'Basic']) {
            $npm->write_file('npmrc', "registry=http:$host\n$host:$way->[0]\nupdate-notifier=false\nfetch-retries=0\ncache=$npm->{dir}/npm-$way->[1]\n");
            is(`$program view pkg version --userconfig $npm->{dir}/npmrc 2>$npm->{dir}/npm.out`, "1.2.3\n", "npm with $way->[1]");
        }
    }
};

subtest 'programs that use Authorization themselves; Radicale' => sub {
    my $httpd = Httpd->new(modules => [qw(headers proxy proxy_http)], config => $as->config
        . recipe('programs', 'Programs that use Authorization themselves', 'http://127.0.0.1:8080' => $backend->base) . recipe('programs', 'Radicale', 'http://127.0.0.1:5232' => $backend->base));
    is($httpd->get('/api/x', 'X-Access-Token' => 'read-token-1', Authorization => 'token abc')->{status}, 200, 'a token in a header of its own');
    my ($saw) = map { $_->{headers} } reverse $backend->requests;
    is($saw->{authorization}, 'token abc', 'the program gets its own Authorization');
    ok(!exists $saw->{'x-access-token'}, 'and no token');
    is($httpd->get('/radicale/x', basic('read-token-1'))->{status}, 200, 'Radicale');
    ($saw) = map { $_->{headers} } reverse $backend->requests;
    is($saw->{'x-remote-user'}, 'read-user', 'knows who it is');
    is($httpd->get('/radicale/x', basic('nameless-token-1'))->{status}, 403, 'a token that names nobody is refused');
};

subtest 'front controllers' => sub {
    $as->token('wp-token-1' => {sub => 'wp-user', scope => 'wp'});
    my $httpd = Httpd->new(modules => ['rewrite'], config => $as->config . "AddHandler cgi-script .pl\nAlias /wp %DIR%/htdocs/wp\n"
        . recipe('programs', 'Front controllers: WordPress, Laravel, Symfony, Drupal, Nextcloud', '/srv/www/wp' => '%DIR%/htdocs/wp'));
    $httpd->write_file('htdocs/wp/index.pl', $httpd->slurp('cgi/env.pl'), 0755);
    $httpd->write_file('htdocs/wp/.htaccess', "DirectoryIndex index.pl\nRewriteEngine On\nRewriteBase /wp/\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . index.pl [L]\n");
    my $seen = sub { my $answer = $httpd->get(@_); return $answer->{status} == 200 ? decode_json($answer->{body}) : {status => $answer->{status}} };
    my $env = $seen->('/wp/wp-json/posts', bearer('wp-token-1'));
    is(($env->{REDIRECT_REMOTE_USER} // $env->{REMOTE_USER}) . " $env->{REDIRECT_INTROSPECT_CLAIM_sub}", 'wp-user wp-user', 'a token is known behind the redirect');
    is($seen->('/wp/wp-json/posts')->{status}, 401, 'none is refused');
    is($seen->('/wp/wp-json/posts', bearer('read-token-1'))->{status}, 403, 'and one without the scope');
    my @forged = ('INTROSPECT-CLAIM-sub' => 'root', 'REDIRECT-REMOTE-USER' => 'root', 'Remote-User' => 'root', 'REDIRECT_INTROSPECT_CLAIM_sub' => 'root');
    for my $spelling ('/wp/?rest_route=/posts', '/wp/?rest%5Froute=/posts', '/wp/index.pl/wp-json/posts', '/wp/other') {
        $env = $seen->($spelling, @forged);
        is(join(' ', grep {/^(?:REDIRECT_)?(?:REMOTE_USER|INTROSPECT)/} sort keys %$env), '', "$spelling: the program can tell that there was no token");
    }
};

subtest 'PHP' => sub {
    defined Fpm->program or plan skip_all => 'php-fpm is not installed';
    my $httpd = Httpd->new(modules => [qw(proxy proxy_fcgi)], config => $as->config . "Alias /app %DIR%/htdocs/app\n"
        . recipe('programs', 'PHP and other programs that need plain ASCII', '/srv/www/app' => '%DIR%/htdocs/app')
        . "<FilesMatch \"\\.php\$\">\nSetHandler \"proxy:unix:%DIR%/php.sock|fcgi://localhost\"\n</FilesMatch>\n");
    $httpd->write_file('htdocs/app/x.php', q{<?php echo $_SERVER['INTROSPECT_CLAIM_name'], '|', rawurldecode($_SERVER['INTROSPECT_CLAIM_name']), '|', rawurldecode($_SERVER['INTROSPECT_CLAIM_groups']);});
    my $fpm = Fpm->start($httpd);
    is($httpd->get_token('/app/x.php', 'read-token-1')->{body}, "J%C3%BCrgen|J\xc3\xbcrgen|a,b", 'text and lists by way of percent-encoding');
};
done_testing;
