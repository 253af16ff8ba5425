# SPDX-License-Identifier: Apache-2.0
#
# A single-page application in a real browser, on another origin: it reads the
# challenge of a 401 and then succeeds. Skipped where there is no chromium.
# Not under a sanitizer: a browser does the work.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;
use AS;
use Httpd;

my ($browser) = grep {-x} map { my $name = $_; map {"$_/$name"} split /:/, $ENV{PATH} } 'chromium-headless-shell', 'chromium';
plan skip_all => 'no chromium: apt-get install chromium-headless-shell (64 MB)' if !$browser;

my $as = AS->new;
$as->token('spa-token-1' => {sub => 'alice', scope => 'read'});
my $pages = Httpd->new;
my $stranger = Httpd->new;
my ($own, $other) = map {"http://127.0.0.1:$_->{port}"} $pages, $stranger;

# The recipe of docs/recipes/browsers.md.
my $api = Httpd->new(modules => ['headers'], config => $as->config . <<"END");
<Location /api>
    AuthType Introspect
    AuthName "api"
    IntrospectOrigins        $own
    IntrospectAllowPreflight On
    Require scope read
    Header set Access-Control-Allow-Origin "expr=%{HTTP:Origin}" "expr=-n %{HTTP:Origin}"
    Header merge Vary Origin
</Location>
END
$api->write_file('htdocs/api', "for alice\n");
$_->write_file('htdocs/spa.html', <<"END") for $pages, $stranger;
<p id="said"></p>
<script>
const said = [];
async function ask(headers) {
    const answer = await fetch('http://127.0.0.1:$api->{port}/api', {headers});
    said.push(answer.status + ' ' + (answer.headers.get('WWW-Authenticate') || await answer.text()));
}
ask({}).then(() => ask({Authorization: 'Bearer spa-token-1'}))
    .catch((error) => said.push(error.name))
    .finally(() => { document.getElementById('said').textContent = said.join('|'); });
</script>
END

sub seen {
    my ($origin) = @_;
    my $home = tempdir(CLEANUP => 1);
    my $page = `timeout 200 '$browser' --headless --no-sandbox --disable-gpu --user-data-dir='$home' --virtual-time-budget=10000 --dump-dom '$origin/spa.html' 2>/dev/null`;
    my ($said) = $page =~ m{<p id="said">(.*?)</p>}s;
    return $said // "nothing: $page";
}

is(seen($own), qq{401 Bearer scope="read", realm="api"|200 for alice\n}, 'the page reads the challenge of another origin, then gets in');
is(seen($other), 'TypeError', 'a page of an origin that is not listed reads nothing');
is($as->calls, 1, 'and nobody was asked for it');
done_testing;
