"""Ask the web server on this machine whether it answers: `python -m reviewapp.supervisor.health PORT` ends with 0 when it does."""
import sys

from reviewapp.supervisor.watch import web_answers

if __name__ == "__main__":
    sys.exit(0 if web_answers(int(sys.argv[1])) else 1)
