"""A small client of Silhueta's helper, written from PROTOCOL.md alone.

Starts work on a video, prints how it goes, saves one preview picture, waits for the end:

    python silhueta_client.py ws://127.0.0.1:8000/api/v1/socket street.mp4 --picture street.jpg
"""

import argparse
import itertools
import os
import sys

import msgpack
from websockets.sync.client import connect

PROTOCOL = 1
ENDED = {"completed", "failed", "cancelled", "interrupted"}


class Refused(Exception):
    """The helper's error: code, message, and where there is one, the way out."""

    def __init__(self, error):
        self.code = error["code"]
        super().__init__(f"{self.code}: {error['message']}" + (f" ({error['hint']})" if error.get("hint") else ""))


def variant(value):
    """An enum's variant and its content: a string alone, or a map of one entry."""
    return (value, None) if isinstance(value, str) else next(iter(value.items()))


class Helper:
    """A connection to the helper."""

    def __init__(self, url, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else None
        self.socket = connect(url, additional_headers=headers, max_size=32 << 20)
        self.numbers = itertools.count(1)
        self.unread = []
        self.send({"hello": {"protocol": PROTOCOL, "resume": None}})
        kind, self.welcome = self.receive()
        if kind == "refused":
            raise Refused(self.welcome["error"])

    def send(self, message):
        self.socket.send(msgpack.packb(message))

    def receive(self):
        return variant(msgpack.unpackb(self.socket.recv()))

    def ask(self, request):
        """Sends a request and waits for its answer; what else comes meanwhile is kept for `events`."""
        number = next(self.numbers)
        self.send({"ask": {"id": number, "ask": request}})
        while True:
            kind, content = self.receive()
            if kind == "answer" and content["id"] == number:
                return variant(content["answer"])[1]
            if kind == "refused" and content["id"] == number:
                raise Refused(content["error"])
            self.unread.append((kind, content))

    def events(self):
        """What the helper tells by itself."""
        while True:
            yield self.unread.pop(0) if self.unread else self.receive()

    def wait_for_models(self):
        """Just started, the helper may not have looked through its models yet."""
        shelf = self.welcome["snapshot"]["models"]
        while not shelf["models"] and not shelf["missing"]:
            kind, content = self.receive()
            shelf = content if kind == "models" else shelf

    def start(self, path, **settings):
        """Starts work on one file and returns the job's number."""
        settings = {"device": "auto", "video": False, "again": True} | settings
        source = {"path": {"path": os.path.abspath(path)}}
        return self.ask({"start": {"page": "processar", "sources": [source], "settings": settings}})["jobs"][0]

    def watch(self, page, on):
        self.send({"watch": {"page": page, "on": on}})
        for _ in range(2 if on else 0):
            self.send("grant")


def follow(helper, job, picture):
    """Prints what is told of a job, saves the first picture, returns the job as it ended."""
    pictures = 0
    for kind, content in helper.events():
        if kind == "progress" and content["job"] == job:
            at = content["progress"]
            total = at["total"] if at["total"] is not None else "?"
            print(f"{at['stage']}: {at['done']} of {total} frames, {at['fps']:.1f} a second", flush=True)
        elif kind == "log" and content["job"] == job:
            name, about = variant(content["line"]["notice"])
            print(f"[{content['line']['level']}] {name}: {about}", flush=True)
        elif kind == "preview":
            pictures += 1
            if picture and pictures == 1:
                with open(picture, "wb") as file:
                    file.write(content["jpeg"])
                print(f"picture of frame {content['frame']} with {len(content['people'])} people: {picture}", flush=True)
            helper.send("grant")
        elif kind == "job" and content["id"] == job and variant(content["state"])[0] in ENDED:
            print(f"{pictures} pictures came", flush=True)
            return content
        elif kind == "closing":
            sys.exit("the helper is ending")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("video")
    parser.add_argument("--picture", help="where the first preview picture goes")
    parser.add_argument("--detector", help="the model that finds people, by its id")
    parser.add_argument("--token-file", help="for a helper that was started with --auth token")
    options = parser.parse_args()
    token = open(options.token_file, encoding="utf-8").read().strip() if options.token_file else None
    try:
        helper = Helper(options.url, token)
        helper.wait_for_models()
        helper.watch("processar", bool(options.picture))
        ended = follow(helper, helper.start(options.video, detector=options.detector), options.picture)
    except Refused as refused:
        sys.exit(str(refused))
    state = variant(ended["state"])[0]
    if state != "completed":
        sys.exit(f"{state}: {ended['failure']['message'] if ended['failure'] else ''}")
    results = ended["results"]
    print(f"{results['people']} people, {results['preview_frames']} pictures made: {results['folder']}")


if __name__ == "__main__":
    main()
