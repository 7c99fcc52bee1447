"""The process that signs (sign.js), seen from here."""
import json
import subprocess
import threading
from pathlib import Path

# Two keys: of two signatures by one certificate pdfsig finds an "Unknown issue" with the second.
KEYS = ("p256", "rsa")


class Signing:
    def __init__(self):
        script = Path(__file__).resolve().with_name("sign.js")
        self.process = subprocess.Popen(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.peak = None

    def each(self, rows, folder):
        """Each row with its two signed files and what the process said of it. The requests go by a thread: pipes are finite."""
        work = [(row, folder / f"{number}-1.pdf", folder / f"{number}-2.pdf") for number, row in enumerate(rows)]
        requests = [request(row.path, row.password, zip(KEYS, targets)) for row, *targets in work]
        threading.Thread(target=self.ask, args=(requests,), daemon=True).start()
        for row, once, twice in work:
            yield row, once, twice, self.answer(row.name)
        self.peak = self.answer("the end")["peakBytes"]
        self.process.wait()

    def ask(self, requests):
        with self.process.stdin as pipe:
            pipe.writelines(requests)

    def answer(self, name):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the process that signs ended over {name}")
        return json.loads(line)


def request(source, password, signatures):
    signatures = [{"key": key, "target": str(target)} for key, target in signatures]
    return json.dumps({"source": str(source), "password": password, "signatures": signatures}) + "\n"


def sign(source, *signatures):
    """Signs one file, each signature a key and where the result goes; the fields that were made."""
    signing = Signing()
    signing.ask([request(source, None, signatures)])
    return [signature["field"] for signature in signing.answer(source)["signings"]]
