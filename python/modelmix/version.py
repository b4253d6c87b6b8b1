"""The version, where it can be read without looking through installed packages."""

VERSION = "0.1.0"
