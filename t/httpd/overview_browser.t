# SPDX-License-Identifier: Apache-2.0
#
# The status page in a real browser: its form works from the page itself and
# from no other site, nothing frames it, and it has a light and a dark look.
# T_PICTURES=DIR keeps the pictures, as docs/ has them. Skipped where there is
# no chromium-headless-shell.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;
use AS;
use Httpd;

my ($browser) = grep {-x} map { my $name = $_; map {"$_/$name"} split /:/, $ENV{PATH} } 'chromium-headless-shell';
plan skip_all => 'no chromium-headless-shell: apt-get install chromium-headless-shell (64 MB)' if !$browser;

my $as = AS->new;
$as->token('looked-at-1' => {sub => 'alice', scope => 'read', aud => 'https://api.example'});
$as->token('looked-at-2' => {sub => 'bob', scope => 'write', aud => 'https://other.example'});
my $config = $as->config;
$config =~ s/^/    /mg;
my $httpd = Httpd->new(config => <<"END");
<IntrospectServer main>
$config
</IntrospectServer>
<Location /status>
    SetHandler introspect-status
    IntrospectAdmin On
    Require all granted
</Location>
<Location /api>
    AuthType Introspect
    IntrospectServer main
    IntrospectAudience https://api.example
    Require scope read
</Location>
<Location /api/orders>
    Require scope orders
</Location>
END
my $stranger = Httpd->new;
my $target = "http://127.0.0.1:$httpd->{port}/status";
# What a page sends in place of a person: the form, with its key where it can
# be read.
$_->write_file('htdocs/send.html', <<"END") for $httpd, $stranger;
<form id="form" method="post" action="$target"><input name="path" value="/api"><input name="token" value="looked-at-1">
<input id="key" name="form_key"></form>
<script>
fetch('$target', {headers: {Accept: 'application/json'}}).then((answer) => answer.json())
    .then((said) => { document.getElementById('key').value = said.form_key; }, () => {})
    .finally(() => document.getElementById('form').submit());
</script>
END
$httpd->write_file('htdocs/frame.html', <<'END');
<p id="said"></p><iframe id="frame" src="/status"></iframe>
<script>
document.getElementById('frame').onload = (event) => {
    let said;
    try { said = event.target.contentDocument ? 'framed' : 'kept out'; } catch (error) { said = 'kept out'; }
    document.getElementById('said').textContent = said;
};
</script>
END

sub run_browser {
    my (@options) = @_;
    my $home = tempdir(CLEANUP => 1);
    my $options = join ' ', map {"'$_'"} @options;
    return scalar `timeout 200 '$browser' --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir='$home' --virtual-time-budget=10000 $options 2>/dev/null`;
}

my $page = run_browser('--dump-dom', "http://127.0.0.1:$httpd->{port}/send.html");
like($page, qr{<th scope="row">Verdict</th><td>granted</td>}, "the page's form says what would happen") or diag $page;
unlike($page, qr/looked-at-1/, 'and does not repeat the token');
is($as->calls('looked-at-1'), 1, 'which was asked about');
$page = run_browser('--dump-dom', "http://127.0.0.1:$stranger->{port}/send.html");
like($page, qr/Forbidden/, 'a form of another site does nothing') or diag $page;
is($as->calls('looked-at-1'), 1, 'nobody was asked for it');
like($httpd->error_log, qr/MAI0123: No status page: the request comes from a page of another site/, 'as the log says');
like(run_browser('--dump-dom', "http://127.0.0.1:$httpd->{port}/frame.html"), qr{<p id="said">kept out</p>}, 'no page frames it');

$httpd->get_token('/api', 'looked-at-1') for 1 .. 5;
$httpd->get_token($_, 'looked-at-2') for '/api', '/api/orders';
$httpd->get_token('/api/orders', 'looked-at-1');
$httpd->get('/api');
my $pictures = $ENV{T_PICTURES} || tempdir(CLEANUP => 1);
my %size;
for my $look (['light', 1], ['dark', 0]) {
    my ($name, $scheme) = @$look;
    my $file = "$pictures/status-$name.png";
    run_browser("--screenshot=$file", '--window-size=1240,2400', "--blink-settings=preferredColorScheme=$scheme", "http://127.0.0.1:$httpd->{port}/send.html");
    $size{$name} = -s $file || 0;
    cmp_ok($size{$name}, '>', 10_000, "a picture, $name");
}
isnt($size{light}, $size{dark}, 'which differ');
done_testing;
