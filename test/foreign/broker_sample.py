"""A KIS client that behaves as the broker's own Python sample does, in what a server has to fit: it makes identifiers of answer headers
and of the keys of an answer, pings its connection and hangs up without a pong, counts columns, and decrypts notices only when the
acknowledgement says so. Standard library, python3-requests, python3-websockets, python3-pycryptodome.

    broker_sample.py REST_URL WS_URL     prints one JSON object
"""

import asyncio
import base64
import collections
import json
import sys

import requests
import websockets
from Cryptodome.Cipher import AES
from Cryptodome.Util.Padding import unpad

REST, SOCKET = sys.argv[1:3]
PING_SECONDS = 0.2
# Seconds, for a machine under load.
PATIENCE = 50


def as_tuple(name, fields):
    # As the sample does: an answer whose names are no identifiers ends it here.
    return collections.namedtuple(name, fields.keys())(**fields)


def call(token, path, tr_id, query):
    headers = {
        "Content-Type": "application/json",
        "Accept": "text/plain",
        "charset": "UTF-8",
        "authorization": f"Bearer {token}",
        "appkey": "any",
        "appsecret": "any",
        "tr_id": tr_id,
        "custtype": "P",
        "tr_cont": "",
    }
    answer = requests.get(REST + path, headers=headers, params=query, timeout=PATIENCE)
    header = as_tuple("header", {name: value for name, value in answer.headers.items() if name.islower()})
    body = as_tuple("body", answer.json())
    return {"code": body.msg_cd, "text": body.msg1, "result": body.rt_cd, "more": header.tr_cont, "tr": header.tr_id}


async def stream(approval_key):
    seen = {"columns": [], "notice": None, "encrypt": {}, "pings": 0}
    keys = {}
    # The sample's own values are 20 s and 20 s.
    async with websockets.connect(SOCKET + "/tryitout", ping_interval=PING_SECONDS, ping_timeout=PATIENCE) as socket:
        for tr_id, tr_key in (("H0STCNT0", "005930"), ("H0STCNI0", "HTSID")):
            header = {"approval_key": approval_key, "custtype": "P", "tr_type": "1", "content-type": "utf-8"}
            await socket.send(json.dumps({"header": header, "body": {"input": {"tr_id": tr_id, "tr_key": tr_key}}}))
        now = asyncio.get_running_loop().time
        started = now()
        pong = await socket.ping()
        while not (seen["notice"] and len(seen["columns"]) > 3 and pong.done() and now() - started > 4 * PING_SECONDS):
            text = await asyncio.wait_for(socket.recv(), PATIENCE)
            if text[0] in "01":
                flag, tr_id, count, payload = text.split("|")
                if flag == "1" and seen["encrypt"].get(tr_id) == "Y":
                    key, iv = keys[tr_id]
                    cipher = AES.new(key.encode(), AES.MODE_CBC, iv.encode())
                    seen["notice"] = unpad(cipher.decrypt(base64.b64decode(payload)), AES.block_size).decode().split("^")
                elif tr_id == "H0STCNT0":
                    seen["columns"].append(len(payload.split("^")) / int(count))
                continue
            message = json.loads(text)
            if message["header"]["tr_id"] == "PINGPONG":
                await socket.pong(text)
                continue
            tr_id = message["header"]["tr_id"]
            seen["encrypt"][tr_id] = message["header"]["encrypt"]
            output = message["body"].get("output", {})
            keys[tr_id] = (output.get("key"), output.get("iv"))
        seen["open"] = socket.open
    return seen


def main():
    credentials = {"grant_type": "client_credentials", "appkey": "any"}
    token = requests.post(REST + "/oauth2/tokenP", json={**credentials, "appsecret": "any"}, timeout=PATIENCE).json()
    approval = requests.post(REST + "/oauth2/Approval", json={**credentials, "secretkey": "any"}, timeout=PATIENCE).json()
    query = {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930", "FID_INPUT_HOUR_1": "153000"}
    path = "/uapi/domestic-stock/v1/quotations/inquire-time-itemconclusion"
    executions = call(token["access_token"], path, "FHPST01060000", query)
    print(json.dumps({"executions": executions, **asyncio.run(stream(approval["approval_key"]))}, ensure_ascii=False))


main()
