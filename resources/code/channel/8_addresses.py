class Addresses:
    """Files by their addresses (http, https, file): single ones, all that an index page links to, or a list of them."""

    MOST_FILES, MOST_INDEX, DEEPEST, TRIES = 100_000, 32 << 20, 8, 3

    def addressed(self):
        """Address, size (-1: not said) and mark of each file, by the name it gets; "" is no mark."""
        found = {}
        for word in self.spec["place"].split():
            for name, address in self.listed(word):
                if found.setdefault(name, address) != address:
                    raise Stopped(f"{address} and {found[name]} would both be the file {name}.")
        if not found:
            raise Stopped("no file is at these addresses.")
        if len(found) > self.MOST_FILES:
            raise Stopped(f"{len(found)} files are more than the {self.MOST_FILES} that are fetched at once.")
        told = {}
        for name, address in sorted(found.items()):
            with self.opened(address, "HEAD") as answer:
                told[name] = (address, *self.stamp(answer))
        return told

    def listed(self, word):
        """Names and addresses of one word of the place."""
        from urllib.parse import urljoin, urlsplit

        if word.startswith("@"):
            lines = self.text(word[1:]).splitlines()
            wanted = [urljoin(word[1:], line.strip()) for line in lines if line.strip() and line.strip()[0] != "#"]
            base = urljoin(word[1:], ".")
            if any(urlsplit(one).scheme == "file" for one in wanted) and urlsplit(base).scheme != "file":
                raise Stopped(f"{word[1:]} names files of this computer, which no list from elsewhere may.")
            return [(self.name(one, base if one.startswith(base) else urljoin(one, ".")), one) for one in wanted]
        if not word.endswith("/"):
            return [(self.name(word, urljoin(word, ".")), word)]
        if word.startswith("file:"):
            return [(name, word + name) for name in Folder(self.spark, word).walk()]
        return [(self.name(one, word), one) for one in self.linked(word, word, 0)]

    def linked(self, page, base, depth):
        """What an index page links to below itself; what is hidden, or sorts the page, is not data."""
        from html.parser import HTMLParser
        from urllib.parse import unquote, urljoin, urlsplit

        found = []

        class Links(HTMLParser):
            def handle_starttag(self, tag, given):
                if tag == "a":
                    found.extend(value for key, value in given if key == "href" and value)

        Links().feed(self.text(page))
        for link in dict.fromkeys(urljoin(page, one) for one in found):
            rest = unquote(link[len(base) :])
            if not link.startswith(page) or link == page or urlsplit(link).query or urlsplit(link).fragment:
                continue
            if any(step.startswith((".", "_")) for step in rest.rstrip("/").split("/")):
                continue
            if not link.endswith("/"):
                yield link
            elif depth < self.DEEPEST:
                yield from self.linked(link, base, depth + 1)

    def name(self, address, base):
        """What the file is called here: its path below a base."""
        from urllib.parse import unquote, urlsplit

        name = unquote(urlsplit(address[len(base) :]).path)
        odd = any(ord(char) < 32 or char in "\\:" for char in name)
        if odd or any(step in ("", ".", "..") or step[0] in "._" for step in name.split("/")):
            raise Stopped(f"{address} has a name that no file gets here: {name!r}.")
        return name

    def text(self, address):
        with self.opened(address) as answer:
            data = answer.read(self.MOST_INDEX + 1)
        if len(data) > self.MOST_INDEX:
            raise Stopped(f"{address} is too long for an index.")
        return data.decode("utf-8", "replace")

    def opened(self, address, method="GET"):
        """Its answer; what a header of the options says goes to that site only, wherever it sends one."""
        import urllib.request
        from urllib.error import HTTPError
        from urllib.parse import urlsplit

        class Careful(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, req, fp, code, msg, headers, newurl):
                new = super().redirect_request(req, fp, code, msg, headers, newurl)
                if new is not None and urlsplit(newurl)[:2] != urlsplit(address)[:2]:
                    new.headers.clear()
                return new

        if urlsplit(address).scheme not in ("http", "https", "file"):
            raise Stopped(f"{address} is no address of a file: http, https or file.")
        given = {name[7:]: value for name, value in self.options(False).items() if name.startswith("header.")}
        asked = urllib.request.Request(address, headers={"Accept-Encoding": "identity", **given}, method=method)
        opener = urllib.request.build_opener(Careful)
        opener.addheaders = []
        try:
            return opener.open(asked, timeout=60)
        except HTTPError as error:
            error.close()
            if method == "HEAD" and error.code in (400, 403, 405, 501):
                return self.opened(address)  # some say nothing to HEAD
            raise Stopped(f"{address} answers {error.code} {error.reason}.") from None
        except (OSError, ValueError) as error:
            raise Stopped(f"{address} can not be reached: {getattr(error, 'reason', None) or error}.") from None

    def stamp(self, answer):
        """Size and mark of what was answered."""
        said = answer.headers.get("Content-Length")
        size = int(said) if said is not None and said.isdigit() else -1
        return size, answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""

    def fetch(self, here, name, address):
        """One file: its size, mark and sha-256, which what was written was read again for."""
        head, _, last = name.rpartition("/")
        coming = f"{head}{'/' if head else ''}.{last}.coming"
        if head:
            here.files.mkdirs(here.path(head))
        for tried in range(1, self.TRIES + 1):
            seen, size = hashlib.sha256(), 0
            with self.opened(address) as answer:
                wanted, mark = self.stamp(answer)
                out = here.files.create(here.path(coming), True)
                try:
                    while piece := answer.read(1 << 20):
                        out.write(bytearray(piece))
                        seen.update(piece)
                        size += len(piece)
                        self.still()
                except OSError as error:
                    why = str(error)
                else:
                    why = f"{size:,} of {wanted:,} bytes came" if wanted not in (-1, size) else ""
                finally:
                    out.close()
            if not why:
                break
            if tried == self.TRIES:
                here.drop(coming)
                raise Stopped(f"{address} does not come whole, {tried} times tried: {why}.")
        nowhere = here.java.org.apache.commons.io.output.NullOutputStream()
        if seen.hexdigest() != self.digest(here.files.open(here.path(coming)), nowhere):
            raise Stopped(f"{name} is not what was fetched when it is read again: the disk of the destination errs.")
        here.move(coming, name)
        return [size, mark, seen.hexdigest()]
