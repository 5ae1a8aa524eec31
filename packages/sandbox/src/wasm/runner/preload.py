# Modules that are imported before the snapshot is taken, so that no job waits for them.
import array, ast, base64, bisect, collections, contextlib, copy, csv, dataclasses, datetime, decimal, enum, fractions
import functools, glob, hashlib, heapq, io, itertools, json, math, operator, os, pathlib, random, re, statistics, string
import sys, textwrap, time, traceback, types, typing, warnings
