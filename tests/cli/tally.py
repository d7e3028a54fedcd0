"""What the scripts of this folder expect, counted; each ends with close()."""
import sys

passed = failed = 0


def expect(what, want, got):
    global passed, failed
    if want == got:
        passed += 1
    else:
        failed += 1
        print("%s: expected %r, got %r" % (what, want, got))


def close(least, more=""):
    """Prints the counts and ends the script: badly when something failed, or when fewer than `least` were counted at all."""
    print("%d passed, %d failed%s" % (passed, failed, more))
    sys.exit(1 if failed or passed < least else 0)
