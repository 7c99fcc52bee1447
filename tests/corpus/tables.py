"""What is known of single files, in tables that are held up to date both ways."""
import csv
from pathlib import Path

HERE = Path(__file__).resolve().parent


def refused():
    """The code with which a file is refused, by its name in the index."""
    return {row["file"]: row["code"] for row in rows("refused.csv")}


def tolerated():
    """Which judge's findings on which file were looked into, and are its own or the file's affair."""
    return {(row["file"], row["judge"]) for row in rows("tolerated.csv")}


def rows(name):
    with open(HERE / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
