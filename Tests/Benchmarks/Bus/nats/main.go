// The messaging peer: nats.go against nats-server with JetStream on disk.
// Usage: natsbench OPERATION SIZE SECONDS; prints one JSON line. Environment: NATS_URL.
// Operations: reply (serves until killed), rr1, rr64, pubsync, pubasync, pubdedup (a message id each), consume.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	subject    = "bench.log"
	inFlight   = 1024   // unacknowledged asynchronous publishes
	batch      = 256    // messages asked for by one fetch
	perSecond  = 100000 // messages laid out for consume, a second of the run
	maxPreload = 600000
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func report(count int, took time.Duration, latencies []time.Duration) {
	result := map[string]float64{"count": float64(count), "rate": float64(count) / took.Seconds()}
	if len(latencies) > 0 {
		sort.Slice(latencies, func(i, j int) bool { return latencies[i] < latencies[j] })
		result["p50_us"] = float64(latencies[len(latencies)/2].Microseconds())
		result["p99_us"] = float64(latencies[len(latencies)*99/100].Microseconds())
	}
	check(json.NewEncoder(os.Stdout).Encode(result))
}

func serve(nc *nats.Conn) {
	_, err := nc.QueueSubscribe("bench.rpc", "workers", func(m *nats.Msg) { check(m.Respond(m.Data)) })
	check(err)
	check(nc.Flush())
	fmt.Println("ready")
	select {}
}

func requests(nc *nats.Conn, payload []byte, callers int, seconds time.Duration) {
	perCaller := make([][]time.Duration, callers)
	start := time.Now()
	var group sync.WaitGroup
	for i := range perCaller {
		group.Add(1)
		go func(latencies *[]time.Duration) {
			defer group.Done()
			for before := time.Now(); before.Sub(start) < seconds; {
				_, err := nc.Request("bench.rpc", payload, 5*time.Second)
				check(err)
				now := time.Now()
				*latencies = append(*latencies, now.Sub(before))
				before = now
			}
		}(&perCaller[i])
	}
	group.Wait()
	took := time.Since(start)
	var all []time.Duration
	for _, latencies := range perCaller {
		all = append(all, latencies...)
	}
	report(len(all), took, all)
}

func publishSync(js nats.JetStreamContext, payload []byte, seconds time.Duration) {
	var latencies []time.Duration
	start := time.Now()
	before := start
	for before.Sub(start) < seconds {
		_, err := js.Publish(subject, payload)
		check(err)
		now := time.Now()
		latencies = append(latencies, now.Sub(before))
		before = now
	}
	report(len(latencies), before.Sub(start), latencies)
}

// publishAsync publishes until limit messages or the end of time, and returns once all are acknowledged.
func publishAsync(js nats.JetStreamContext, payload []byte, limit int, seconds time.Duration, ids bool) (int, time.Duration) {
	start := time.Now()
	count := 0
	for ; count < limit && (count%64 != 0 || time.Since(start) < seconds); count++ {
		options := []nats.PubOpt{nats.StallWait(10 * time.Second)}
		if ids {
			options = append(options, nats.MsgId("bench."+strconv.Itoa(count)))
		}
		_, err := js.PublishAsync(subject, payload, options...)
		check(err)
	}
	select {
	case <-js.PublishAsyncComplete():
	case <-time.After(30 * time.Second):
		log.Fatal("publishes were not acknowledged")
	}
	return count, time.Since(start)
}

func consume(js nats.JetStreamContext, payload []byte, seconds time.Duration) {
	preload := int(seconds.Seconds() * perSecond)
	if preload > maxPreload {
		preload = maxPreload
	}
	publishAsync(js, payload, preload, time.Minute, false)
	sub, err := js.PullSubscribe(subject, "worker", nats.AckExplicit(), nats.MaxAckPending(4*batch))
	check(err)
	count, start := 0, time.Now()
	for count < preload && time.Since(start) < seconds {
		messages, err := sub.Fetch(batch, nats.MaxWait(5*time.Second))
		check(err)
		for _, m := range messages {
			check(m.Ack())
		}
		count += len(messages)
	}
	for { // the clock stops when the server has counted every acknowledgement
		info, err := sub.ConsumerInfo()
		check(err)
		if info.NumAckPending == 0 {
			break
		}
	}
	report(count, time.Since(start), nil)
}

func main() {
	operation := os.Args[1]
	size, err := strconv.Atoi(os.Args[2])
	check(err)
	number, err := strconv.ParseFloat(os.Args[3], 64)
	check(err)
	seconds := time.Duration(number * float64(time.Second))
	payload := make([]byte, size)

	nc, err := nats.Connect(os.Getenv("NATS_URL"))
	check(err)
	defer nc.Close()
	switch operation {
	case "reply":
		serve(nc)
		return
	case "rr1":
		requests(nc, payload, 1, seconds)
		return
	case "rr64":
		requests(nc, payload, 64, seconds)
		return
	}

	js, err := nc.JetStream(nats.PublishAsyncMaxPending(inFlight))
	check(err)
	js.DeleteStream("BENCH") // absent on the first run
	_, err = js.AddStream(&nats.StreamConfig{Name: "BENCH", Subjects: []string{subject}, Storage: nats.FileStorage})
	check(err)
	switch operation {
	case "pubsync":
		publishSync(js, payload, seconds)
	case "pubasync", "pubdedup":
		count, took := publishAsync(js, payload, 1<<30, seconds, operation == "pubdedup")
		report(count, took, nil)
	case "consume":
		consume(js, payload, seconds)
	default:
		log.Fatal("unknown operation ", operation)
	}
	check(js.DeleteStream("BENCH"))
}
