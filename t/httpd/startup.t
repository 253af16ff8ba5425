# SPDX-License-Identifier: Apache-2.0
#
# A child that is told to end while it starts: httpd ends it within the signal's
# handler, and what libraries do when a process exits must not run there.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;
use AS;
use Httpd;

my $dir = tempdir('introspect-startup-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0777, $dir;
is(system("gcc -shared -fPIC -o $dir/preload.so $Httpd::root/t/modules/startup.c -ldl"), 0, 'a library that ends one child as it starts');

my $as = AS->new;
$as->all({body => '{"active":true,"sub":"a"}'});

sub threads { my @found = glob "/proc/$_[0]/task/*"; return scalar @found }

for my $mpm (qw(prefork worker event)) {
    subtest $mpm => sub {
        local $ENV{T_PRELOAD} = join ':', grep {defined} $ENV{T_PRELOAD}, "$dir/preload.so";
        local $ENV{TEST_STARTUP} = "$dir/$mpm";
        my $httpd = Httpd->new(mpm => $mpm, config => $as->config . "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n");
        $httpd->write_file('htdocs/index.html', "x\n");
        is($httpd->get_token('/index.html', "startup-$mpm")->{status}, 200, 'it serves');
        open my $file, '>', "$dir/$mpm.new" or die $!;
        print $file $httpd->{pid};
        close $file;
        chmod 0666, "$dir/$mpm.new";
        rename "$dir/$mpm.new", "$dir/$mpm" or die $!;
        # that serves requests, and is not the daemon of mod_cgid
        my ($child) = sort { threads($b) <=> threads($a) } $httpd->children;
        $httpd->expect_log(qr/child pid $child exit signal Killed/);
        kill KILL => $child;
        $httpd->wait_until(sub { !-e "$dir/$mpm" }, 'a child that was told to end');
        is($httpd->get_token('/index.html', "startup-$mpm-2")->{status}, 200, 'it serves');
        $httpd->stop;
        ok(!-e "$dir/$mpm.destructed", 'a child that had not started leaves without destructors');
    };
}

done_testing;
