"""What a page costs its reader before the first word: `benchmarks/page_weight.py` says it in detail."""


def test_a_chapter_is_light_and_brings_no_script_for_its_equations(browser, site_url):
    page = browser.new_page()
    sizes, addresses = [], []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(f"{site_url}/book/hodgkin_huxley_neuron.html", wait_until="networkidle")
    page.close()
    assert 50_000 < sum(sizes) < 600_000  # the theme alone is 849 kB by default
    assert not [address for address in addresses if "mathjax" in address.lower()]
