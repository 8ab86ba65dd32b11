from __future__ import annotations


def pytest_generate_tests(metafunc):
    if "chaos_seed" in metafunc.fixturenames:
        count = metafunc.config.getoption("--chaos")
        metafunc.parametrize("chaos_seed", range(count))
