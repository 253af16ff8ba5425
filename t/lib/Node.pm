# SPDX-License-Identifier: Apache-2.0
#
# Runs a node program with packages from npm, which are installed into the build
# directory and not into the tree.
#
#   my $node = Node->new('jose', 'peer.js');  t/jose/peer.js, with package.json
#   $node->tell(command => ...)               a line of JSON; returns the reply
#
# Without node or npm, or if the installation fails, the whole test is skipped
# and says why; with T_NODE_REQUIRED it fails instead.
package Node;
use strict;
use warnings;
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use IPC::Open3 qw(open3);
use JSON::PP;
use Test::More;

my $root = dirname(__FILE__) . '/../..';

sub new {
    my ($class, $name, $program) = @_;
    my $self = bless {dir => "$root/build/$name", source => "$root/t/$name", program => $program}, $class;
    my $why = $self->install;
    if ($why) {
        plan skip_all => $why if !$ENV{T_NODE_REQUIRED};
        fail("$name can be used: $why");
        done_testing;
        exit;
    }
    return $self->start;
}

# The reason why the program cannot run; undef if it can.
sub install {
    my ($self) = @_;
    my $dir = $self->{dir};
    for my $tool (qw(node npm)) {
        return "no $tool" if !grep { -x "$_/$tool" } split /:/, $ENV{PATH};
    }
    make_path($dir);
    open my $lock, '>', "$dir/lock" or return "$dir: $!";
    flock $lock, LOCK_EX;    # tests run side by side
    my $old = slurp("$dir/package.json");
    replace("$self->{source}/$_", "$dir/$_") for 'package.json', $self->{program};
    return if -d "$dir/node_modules" && $old eq slurp("$dir/package.json");
    my $said = `cd '$dir' && npm install --no-audit --no-fund --no-package-lock 2>&1 < /dev/null`;
    return if $? == 0;
    unlink "$dir/package.json";
    return 'npm install failed: ' . (split /\n/, $said)[0];
}

# The file is complete at any moment: another test may start it meanwhile.
sub replace {
    my ($from, $to) = @_;
    copy($from, "$to.new") && rename("$to.new", $to) or die "$to: $!";
    return;
}

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/;
    return scalar <$file> // '';
}

sub start {
    my ($self) = @_;
    open my $errors, '>', "$self->{dir}/$$.log" or die $!;
    $self->{pid} = open3($self->{in}, $self->{out}, '>&' . fileno $errors, 'node', "$self->{dir}/$self->{program}");
    return $self;
}

# A line that the program sends unasked, as at its start.
sub heard {
    my ($self) = @_;
    my $line = readline($self->{out}) // die "$self->{program} is gone: " . slurp("$self->{dir}/$$.log");
    return decode_json($line);
}

sub tell {
    my ($self, %command) = @_;
    my $in = $self->{in};
    print $in encode_json(\%command), "\n";
    $in->flush;
    return $self->heard;
}

sub DESTROY {
    my ($self) = @_;
    return if !$self->{pid};
    local $?;
    close $self->{in};
    waitpid $self->{pid}, 0;
    unlink "$self->{dir}/$$.log";
}

1;
