"""Runs the tests of this folder, each module in a process of its own, several at a time. The arguments are those of
unittest: names of modules, -k PATTERN, -v. The last line counts.

JET_TEST_JOBS is how many at a time; by default as many as there are processors, at most four.
"""
import os
import pathlib
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).parent


def run(module, arguments):
    start = time.monotonic()
    result = subprocess.run([sys.executable, "-B", "-m", "unittest", *arguments, module], cwd=HERE, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return module, result.returncode, result.stdout, time.monotonic() - start


def main():
    arguments = sys.argv[1:]
    given = [each for each in arguments if re.match(r"test_\w+(\.|$)", each)]
    arguments = [each for each in arguments if each not in given]
    # The longest first.
    modules = given or sorted((file.stem for file in HERE.glob("test_*.py")), key=lambda name: name != "test_accessibility")
    jobs = int(os.environ.get("JET_TEST_JOBS") or min(os.cpu_count() or 1, 4))
    tests, failed = 0, []
    with ThreadPoolExecutor(jobs) as pool:
        for module, status, output, seconds in pool.map(lambda module: run(module, arguments), modules):
            count = re.search(r"^Ran (\d+) tests? in", output, re.MULTILINE)
            tests += int(count[1]) if count else 0
            # 5: -k has chosen none of this module.
            if status not in (0, 5) and "NO TESTS RAN" not in output:
                failed.append(module)
            if status not in (0, 5) or "-v" in arguments:
                print(output.rstrip(), flush=True)
            print(f"{module}: {'failed' if module in failed else 'passed'} ({count[1] if count else 0} tests, {seconds:.0f} s)", flush=True)
    print(f"Browser tests: {tests} tests, {'failed: ' + ' '.join(failed) if failed else 'all passed'}")
    return 1 if failed or tests == 0 else 0


sys.exit(main())
